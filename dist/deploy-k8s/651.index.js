export const id = 651;
export const ids = [651];
export const modules = {

/***/ 9651:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  findMissingPermissions: () => (/* binding */ findMissingPermissions)
});

// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
// EXTERNAL MODULE: ./packages/kernel/build/parallel.js
var parallel = __webpack_require__(9369);
// EXTERNAL MODULE: ./packages/k8s/build/object.js
var object = __webpack_require__(8330);
// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
;// CONCATENATED MODULE: ./packages/k8s/build/checks/rbac.js

/** One problem for all that is missing, with the objects that an administrator applies. */
function describeMissing(missing, user) {
    const namespaces = [...new Set(missing.map(({ need }) => need.namespace))];
    const places = namespaces.map((namespace) => {
        const here = rulesFor(missing.filter(({ need }) => need.namespace === namespace));
        const words = here.map(({ resources, verbs }) => `${verbs.join(', ')} ${resources.join(', ')}`);
        return `${namespace === undefined ? 'cluster-wide' : `namespace ${namespace}`}: ${words.join('; ')}`;
    });
    const documents = namespaces.flatMap((namespace) => rbacObjects(missing.filter(({ need }) => need.namespace === namespace), namespace, user));
    return {
        what: `${user} may not do all that this run needs; nothing was written.`,
        got: `missing: ${places.join(' | ')}`,
        fix: `let an administrator apply this:\n${documents
            .map((document) => (0,dist/* stringify */.As)(document, { lineWidth: 0 }))
            .join('---\n')
            .trimEnd()}`,
    };
}
/** One rule for all resources of a group that lack the same verbs. */
function rulesFor(missing) {
    const verbs = new Map();
    for (const { group, resource, need } of missing) {
        const key = `${group} ${resource}`;
        verbs.set(key, [...(verbs.get(key) ?? []), need.verb]);
    }
    const rules = new Map();
    for (const [key, found] of [...verbs].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        const [group = '', resource = ''] = key.split(' ');
        const sorted = [...new Set(found)].toSorted();
        const same = `${group} ${sorted.join()}`;
        const resources = [...(rules.get(same)?.resources ?? []), resource];
        rules.set(same, { apiGroups: [group], resources, verbs: sorted });
    }
    return [...rules.values()];
}
const RBAC = 'rbac.authorization.k8s.io';
function rbacObjects(missing, namespace, user) {
    const prefix = namespace === undefined ? 'Cluster' : '';
    const metadata = { name: 'slipway-deploy', ...(namespace === undefined ? {} : { namespace }) };
    const [, , ownNamespace, name] = /^(system:serviceaccount):([^:]+):(.+)$/.exec(user) ?? [];
    const subject = name === undefined
        ? { kind: 'User', apiGroup: RBAC, name: user }
        : { kind: 'ServiceAccount', namespace: ownNamespace, name };
    return [
        { apiVersion: `${RBAC}/v1`, kind: `${prefix}Role`, metadata, rules: rulesFor(missing) },
        {
            apiVersion: `${RBAC}/v1`,
            kind: `${prefix}RoleBinding`,
            metadata,
            roleRef: { apiGroup: RBAC, kind: `${prefix}Role`, name: metadata.name },
            subjects: [subject],
        },
    ];
}

;// CONCATENATED MODULE: ./packages/k8s/build/checks/permissions.js




const AT_ONCE = 16;
/**
 * Asks the cluster whether we may do all that the run needs, before the first write. What is missing comes in one
 * problem, with the Role to write. Empty when nothing is missing.
 */
async function findMissingPermissions(needs, api) {
    const masters = new Map();
    const isMaster = (namespace = '') => {
        const answer = masters.get(namespace) ?? allowed(api, { verb: '*', group: '*', resource: '*', namespace });
        masters.set(namespace, answer);
        return answer;
    };
    const settled = await (0,parallel/* settleAll */.j)(needs, AT_ONCE, async (need) => {
        if (await isMaster(need.namespace))
            return undefined;
        const asked = await inRbacTerms(need, api);
        return (await mayDo(asked, api)) ? undefined : asked;
    });
    const missing = settled.flatMap((result) => {
        if (result.status === 'rejected')
            throw result.reason;
        return result.value ?? [];
    });
    // What is only good to have is told with the rest, and never by itself.
    const isEnough = missing.every(({ need }) => need.isOptional === true);
    return isEnough ? [] : [describeMissing(missing, await whoAmI(api))];
}
async function inRbacTerms(need, api) {
    const { apiVersion, kind, subresource } = need;
    const plural = need.resource ?? (await api.resource(apiVersion, kind))?.name ?? `${kind.toLowerCase()}s`;
    return { need, group: (0,object/* groupOf */.F8)(need), resource: subresource === undefined ? plural : `${plural}/${subresource}` };
}
/** A Role may be for certain names only; and what is there already need not be created. */
async function mayDo({ need, group, resource }, api) {
    const { verb, namespace = '', names = [], apiVersion, kind } = need;
    if (await allowed(api, { verb, group, resource, namespace }))
        return true;
    if (names.length === 0)
        return false;
    const each = await Promise.all(names.map(async (name) => {
        if (verb !== 'create')
            return await allowed(api, { verb, group, resource, namespace, name });
        const ref = { apiVersion, kind, name, ...(namespace === '' ? {} : { namespace }) };
        return (await api.get(ref).catch(() => undefined)) !== undefined;
    }));
    return each.every(Boolean);
}
async function allowed(api, asked) {
    const [resource, subresource] = asked.resource.split('/');
    const answer = await api.review({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { ...asked, resource, ...(subresource === undefined ? {} : { subresource }) } },
    });
    return answer.status?.allowed === true;
}
async function whoAmI(api) {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = await api.review(review).catch(() => undefined);
    const user = answer?.status?.userInfo;
    return (0,json/* isObject */.Gv)(user) && (0,json/* isString */.Kg)(user.username) ? user.username : 'USER';
}


/***/ })

};
