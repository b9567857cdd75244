export const id = 164;
export const ids = [164];
export const modules = {

/***/ 686:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   N: () => (/* binding */ respectAutoscalers)
/* harmony export */ });
/* unused harmony export replicasBeside */
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5868);
/* harmony import */ var _client_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5456);
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8330);



const SCALABLE = new Set(['apps Deployment', 'apps StatefulSet', 'apps ReplicaSet']);
/**
 * Leaves the replicas of each workload to the autoscaler that targets it, whether that is in the set or in the cluster:
 * a deployment must not undo what load has made of them.
 */
async function respectAutoscalers(objects, api) {
    const scalable = objects.filter((object) => isScalable(object) && object.spec?.replicas !== undefined);
    const namespaces = [...new Set(scalable.flatMap(({ metadata }) => metadata.namespace ?? []))];
    const lists = await Promise.all(namespaces.map((namespace) => api.list({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace })));
    const targets = new Set([...objects, ...lists.flatMap(({ items }) => items)].flatMap(targetOf));
    return await Promise.all(objects.map(async (object) => {
        if (!scalable.includes(object) || !targets.has(keyOf(object)))
            return object;
        return withReplicas(object, replicasBeside(object, await api.get((0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .refOf */ .H8)(object))));
    }));
}
/**
 * What to say of the replicas of a workload that an autoscaler scales: the manifest's number at the start, nothing
 * later. As long as the field is ours alone, leaving it out would set it to 1, so the live number is repeated.
 */
function replicasBeside(wanted, live) {
    const now = live === undefined ? wanted.spec?.replicas : live.spec?.replicas;
    const owners = ownersOfReplicas(live);
    const isOurs = owners.length > 0 && owners.every((owner) => owner === _client_js__WEBPACK_IMPORTED_MODULE_0__/* .FIELD_MANAGER */ .vy);
    return (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isInteger */ .Fq)(now) && (live === undefined || isOurs) ? now : undefined;
}
function ownersOfReplicas(live) {
    return (live?.metadata.managedFields ?? []).flatMap((entry) => {
        if (!(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isObject */ .Gv)(entry) || !(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isObject */ .Gv)(entry.fieldsV1) || !(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isString */ .Kg)(entry.manager))
            return [];
        const spec = entry.fieldsV1['f:spec'];
        return (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isObject */ .Gv)(spec) && 'f:replicas' in spec ? [entry.manager] : [];
    });
}
function withReplicas(object, replicas) {
    const { replicas: _given, ...spec } = object.spec ?? {};
    return { ...object, spec: replicas === undefined ? spec : { ...spec, replicas } };
}
/** Horizontal pod autoscalers, and the ScaledObjects that KEDA makes them of. */
function targetOf({ kind, metadata, spec }) {
    if (kind !== 'HorizontalPodAutoscaler' && kind !== 'ScaledObject')
        return [];
    const target = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isObject */ .Gv)(spec?.scaleTargetRef) ? spec.scaleTargetRef : {};
    const apiVersion = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isString */ .Kg)(target.apiVersion) ? target.apiVersion : 'apps/v1';
    const targetKind = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isString */ .Kg)(target.kind) ? target.kind : 'Deployment';
    return [[(0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .groupOf */ .F8)({ apiVersion }), targetKind, metadata.namespace, target.name].join(' ')];
}
function keyOf(object) {
    return [(0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .groupOf */ .F8)(object), object.kind, object.metadata.namespace, object.metadata.name].join(' ');
}
function isScalable(object) {
    return SCALABLE.has(`${(0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .groupOf */ .F8)(object)} ${object.kind}`);
}


/***/ }),

/***/ 9273:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   G: () => (/* binding */ explainRefusal)
/* harmony export */ });
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8330);

/** What the server's refusal of an object means, and what to do. Values of Secrets are never in it. */
function explainRefusal(ref, refusal) {
    const object = (0,_object_js__WEBPACK_IMPORTED_MODULE_0__/* .describeRef */ .Ro)(ref);
    const message = ref.kind === 'Secret' ? withoutValues(refusal.message) : refusal.message;
    for (const explain of READERS) {
        const problem = explain(object, { ref, refusal, message });
        if (problem !== undefined)
            return problem;
    }
    return { what: `${object} was refused by the API server.`, got: message };
}
const READERS = [
    conflict,
    webhook,
    policy,
    notAllowed,
    quota,
    invalid,
    unreadable,
    unknownKind,
    noNamespace,
];
function conflict(object, { refusal }) {
    const fields = refusal.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
    if (fields.length === 0)
        return undefined;
    const owned = fields.map(({ field, message }) => `${field} is owned by ${ownerIn(message)}`);
    return {
        what: `${object}: the manifest sets fields that somebody else manages.`,
        got: owned.join('; '),
        allowed: 'fields that nobody else manages, or with the value that they have',
        fix: 'remove them from the manifest, or take them over with: force-conflicts: true',
    };
}
/** `conflict with "kubectl-client-side-apply" using apps/v1`. */
function ownerIn(message) {
    const [, manager, , version] = /conflict with "([^"]+)"( with subresource "[^"]+")?(?: using (\S+))?/.exec(message) ?? [];
    return manager === undefined ? message : `"${manager}"${version === undefined ? '' : ` (${version})`}`;
}
function webhook(object, { message }) {
    const denied = /admission webhook "([^"]+)" denied the request(?:: ([\s\S]*))?/.exec(message);
    if (denied !== null) {
        return {
            what: `${object} was refused by the admission webhook ${denied[1]}.`,
            got: denied[2]?.trim() ?? 'it gave no reason',
            fix: 'change the manifest to what the webhook asks for, or ask who runs it',
        };
    }
    const failed = /failed calling webhook "([^"]+)": ([\s\S]*)/.exec(message);
    if (failed !== null) {
        return {
            what: `${object} cannot be judged: the admission webhook ${failed[1]} does not answer.`,
            got: failed[2]?.trim() ?? '',
            fix: 'look at the pods behind the webhook; nothing that it judges can be changed until it answers',
        };
    }
    const silent = /admission webhook "([^"]+)" does not support dry run/.exec(message);
    if (silent === null)
        return undefined;
    return { what: `${object} cannot be tried: the admission webhook ${silent[1]} does not support a dry run.` };
}
function policy(object, { message }) {
    const admission = /ValidatingAdmissionPolicy '([^']+)'.*?denied request: ([\s\S]*)/.exec(message);
    if (admission !== null) {
        return { what: `${object} was refused by the admission policy ${admission[1]}.`, got: admission[2]?.trim() ?? '' };
    }
    const pods = /violates PodSecurity "([^"]+)": ([\s\S]*)/.exec(message);
    if (pods === null)
        return undefined;
    return {
        what: `${object} breaks the pod security standard of its namespace (${pods[1]}).`,
        got: pods[2]?.trim() ?? '',
        fix: 'set what is named in the securityContext of pod and containers',
    };
}
function notAllowed(_object, { refusal, ref, message }) {
    const words = /User "([^"]+)" cannot (\S+) resource "([^"]+)"(?: in API group "([^"]*)")?/.exec(message);
    if (refusal.status !== 403 || words === null)
        return undefined;
    const [, user, verb = '', resource = '', group = ''] = words;
    const where = ref.namespace === undefined ? 'in the whole cluster' : `in the namespace ${ref.namespace}`;
    return {
        what: `${user} may not ${verb} ${resource}${group === '' ? '' : `.${group}`} ${where}.`,
        got: `${(0,_object_js__WEBPACK_IMPORTED_MODULE_0__/* .describeRef */ .Ro)(ref)} was refused`,
        fix: [
            `add to the ${ref.namespace === undefined ? 'ClusterRole' : 'Role'} of ${user}:`,
            `- apiGroups: ["${group}"]`,
            `  resources: ["${resource}"]`,
            `  verbs: ["${verb}"]`,
        ].join('\n'),
    };
}
function quota(object, { message }) {
    const exceeded = /exceeded quota: ([\s\S]*)/.exec(message);
    if (exceeded === null)
        return undefined;
    return {
        what: `${object} does not fit into the quota of its namespace.`,
        got: exceeded[1]?.trim() ?? '',
        fix: 'ask for less in the manifest, free something, or raise the ResourceQuota',
    };
}
function invalid(object, { ref, refusal }) {
    if (refusal.reason !== 'Invalid' || refusal.causes.length === 0)
        return undefined;
    const fields = refusal.causes.map(({ field, message, reason }) => `${field}: ${ref.kind === 'Secret' ? reason : message}`);
    const isFixed = refusal.causes.some(({ message }) => /immutable|may not be changed|updates to .* forbidden/i.test(message));
    return {
        what: `${object} is not valid.`,
        got: fields.join('\n'),
        ...(isFixed
            ? { fix: `Kubernetes never changes this field: give the object another name, or ${deletion(ref)}` }
            : {}),
    };
}
function deletion({ kind, name, namespace }) {
    return `delete it first: kubectl delete ${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}
/** What does not fit the schema: unknown fields, numbers where texts belong, names that come twice. */
function unreadable(object, { message }) {
    const found = /failed to (?:create typed patch object|convert new object) \([^)]*\)(?: to proper version)?: ([\s\S]*)/.exec(message);
    if (found === null)
        return undefined;
    const words = (found[1] ?? '').replaceAll(/&value\.valueUnstructured\{Value:(.*?)\}/g, '$1').trim();
    const fix = READABLE.find(([sign]) => words.includes(sign))?.[1];
    return { what: `${object} does not fit the schema of its kind.`, got: words, ...(fix === undefined ? {} : { fix }) };
}
const READABLE = [
    ['expected string', 'put the value in quotes'],
    ['duplicate entries', 'write each of them once'],
    ['not declared in schema', 'correct the name of the field, or remove it'],
    ['base64', 'data holds base64; plain texts go to stringData'],
];
function unknownKind(object, { refusal, message }) {
    if (refusal.reason !== 'UnknownKind')
        return undefined;
    return { what: `${object}: ${message}`, fix: 'install what defines it first, or correct apiVersion and kind' };
}
function noNamespace(object, { refusal, message }) {
    const missing = /namespaces "([^"]+)" not found/.exec(message);
    if (missing !== null) {
        return {
            what: `${object}: there is no namespace ${missing[1]}.`,
            fix: `put the Namespace into the manifests, or: kubectl create namespace ${missing[1]}`,
        };
    }
    if (!/because it is being terminated/.test(message))
        return undefined;
    return {
        what: `${object}: the namespace is being deleted.`,
        got: refusal.message,
        fix: 'wait until it is gone, or use another one',
    };
}
function withoutValues(message) {
    return message.replace(/, got [\s\S]*/, '').replaceAll(/Invalid value: ("(?:[^"\\]|\\.)*"|[^:]*)/g, 'Invalid value');
}


/***/ }),

/***/ 1858:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   r: () => (/* binding */ withoutClientSide),
/* harmony export */   w: () => (/* binding */ takeOver)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5868);
/* harmony import */ var _api_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8041);
/* harmony import */ var _client_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5456);
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8330);




/** Who owns the fields of objects that came by `kubectl apply` without `--server-side`. */
const CLIENT_SIDE = 'kubectl-client-side-apply';
const TRIES = 3;
/**
 * Makes what `kubectl apply` owns of an object ours: else a field that the manifest no longer has would stay for ever,
 * since its owner is still there. As kubectl itself does it when it moves to server-side apply.
 */
async function takeOver(object, api) {
    for (let tried = 1;; tried += 1) {
        const live = await api.get((0,_object_js__WEBPACK_IMPORTED_MODULE_2__/* .refOf */ .H8)(object));
        const managedFields = live === undefined ? undefined : withoutClientSide(live.metadata.managedFields ?? []);
        if (managedFields === undefined)
            return;
        const { resourceVersion } = live?.metadata ?? {};
        try {
            await api.mergePatch((0,_object_js__WEBPACK_IMPORTED_MODULE_2__/* .refOf */ .H8)(object), { metadata: { managedFields, resourceVersion } });
            return;
        }
        catch (thrown) {
            // Somebody wrote in between, such as the controller of a Deployment.
            if (!(thrown instanceof _api_js__WEBPACK_IMPORTED_MODULE_0__/* .ApiRefusal */ .n) || thrown.reason !== 'Conflict' || tried === TRIES)
                throw thrown;
        }
    }
}
/** The owners, with ours in the place of kubectl's; undefined when kubectl owns nothing. */
function withoutClientSide(owners) {
    const theirs = owners.filter((entry) => isOwner(entry, CLIENT_SIDE, 'Update'));
    if (theirs.length === 0)
        return undefined;
    const ours = owners.filter((entry) => isOwner(entry, _client_js__WEBPACK_IMPORTED_MODULE_1__/* .FIELD_MANAGER */ .vy, 'Apply'));
    const [first] = [...ours, ...theirs];
    const fieldsV1 = [...ours, ...theirs].reduce((all, { fieldsV1: own }) => union(all, own), {});
    const others = owners.filter((entry) => ![...ours, ...theirs].some((taken) => taken === entry));
    return [{ ...first, manager: _client_js__WEBPACK_IMPORTED_MODULE_1__/* .FIELD_MANAGER */ .vy, operation: 'Apply', fieldsV1 }, ...others];
}
function isOwner(entry, manager, operation) {
    if (!(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(entry) || !(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(entry.fieldsV1) || (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg)(entry.subresource))
        return false;
    return entry.manager === manager && entry.operation === operation;
}
function union(a, b) {
    const merged = Object.entries(b).map(([key, value]) => {
        const own = a[key];
        return [key, (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(own) && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(value) ? union(own, value) : value];
    });
    return { ...a, ...Object.fromEntries(merged) };
}


/***/ }),

/***/ 5456:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  vy: () => (/* binding */ FIELD_MANAGER),
  UU: () => (/* binding */ createClient)
});

// UNUSED EXPORTS: about

// EXTERNAL MODULE: ./packages/kernel/build/json.js
var build_json = __webpack_require__(5868);
// EXTERNAL MODULE: ./packages/k8s/build/api.js
var api = __webpack_require__(8041);
;// CONCATENATED MODULE: ./packages/k8s/build/known-kinds.js
/**
 * Kinds that every run asks for, by API version: each cluster since Kubernetes 1.23 serves them, and their names are
 * fixed for good. Nobody has to be asked how these are named in paths.
 */
const KNOWN_KINDS = {
    v1: {
        ConfigMap: 'configmaps',
        Event: 'events',
        PersistentVolumeClaim: 'persistentvolumeclaims',
        Pod: 'pods',
        Secret: 'secrets',
        Service: 'services',
        ServiceAccount: 'serviceaccounts',
    },
    'apps/v1': {
        ControllerRevision: 'controllerrevisions',
        DaemonSet: 'daemonsets',
        Deployment: 'deployments',
        ReplicaSet: 'replicasets',
        StatefulSet: 'statefulsets',
    },
    'autoscaling/v2': { HorizontalPodAutoscaler: 'horizontalpodautoscalers' },
    'batch/v1': { CronJob: 'cronjobs', Job: 'jobs' },
    'coordination.k8s.io/v1': { Lease: 'leases' },
    'discovery.k8s.io/v1': { EndpointSlice: 'endpointslices' },
    'networking.k8s.io/v1': { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies' },
    'policy/v1': { PodDisruptionBudget: 'poddisruptionbudgets' },
};
function knownKind(apiVersion, kind) {
    if (apiVersion === 'authorization.k8s.io/v1' && kind === 'SelfSubjectAccessReview') {
        return { name: 'selfsubjectaccessreviews', namespaced: false };
    }
    const name = KNOWN_KINDS[apiVersion]?.[kind];
    return name === undefined ? undefined : { name, namespaced: true };
}

// EXTERNAL MODULE: ./packages/k8s/build/narrow.js
var narrow = __webpack_require__(2174);
// EXTERNAL MODULE: ./packages/k8s/build/object.js
var build_object = __webpack_require__(8330);
;// CONCATENATED MODULE: ./packages/k8s/build/paths.js
/** The path of a group and version: `/api/v1` for the core, `/apis/apps/v1` for the rest. */
function groupPath(apiVersion) {
    return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
function collectionPath(apiVersion, { name, namespaced }, namespace) {
    const within = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${groupPath(apiVersion)}${within}/${name}`;
}
function objectPath(ref, resource) {
    return `${collectionPath(ref.apiVersion, resource, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}
function selectorQuery({ labelSelector, fieldSelector }) {
    return {
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
}
function withQuery(path, query) {
    const text = new URLSearchParams(query).toString();
    return text === '' ? path : `${path}?${text}`;
}

// EXTERNAL MODULE: ./packages/k8s/build/transport.js
var transport = __webpack_require__(3964);
// EXTERNAL MODULE: external "node:readline"
var external_node_readline_ = __webpack_require__(481);
;// CONCATENATED MODULE: ./packages/k8s/build/watch.js






/** The server ends a watch after this time by itself, so that a half-open connection is noticed. */
const WATCH_SECONDS = 60;
const HEADERS_MS = 30_000;
const PAUSE_MS = 200;
/**
 * Lists, then watches from there, again and again: a watch that ends or breaks goes on where it was; one that is too
 * old (410 Gone) begins with a new list.
 */
async function* watch(query, ports) {
    const { signal, clock } = ports;
    while (!signal.aborted) {
        const listed = await ports.list(query);
        yield listed;
        let from = listed.resourceVersion;
        while (from !== undefined && !signal.aborted) {
            const began = clock.monotonic();
            for await (const event of events(query, from, ports)) {
                if (event === 'gone') {
                    from = undefined;
                    break;
                }
                from = event.object.metadata.resourceVersion ?? from;
                yield event;
            }
            // Not in a tight loop when each connection breaks at once.
            if (clock.monotonic() - began < PAUSE_MS && !signal.aborted)
                await clock.sleep(PAUSE_MS, signal).catch(() => { });
        }
    }
}
async function* events(query, from, ports) {
    const { http, lost, signal } = ports;
    const asked = {
        ...selectorQuery(query),
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: from,
        timeoutSeconds: String(WATCH_SECONDS),
    };
    const path = withQuery(await ports.listPath(query), asked);
    try {
        const request = (0,transport/* requestOf */.fo)({ method: 'GET', path, repeatable: true }, ports);
        const both = AbortSignal.any([lost, signal]);
        const answer = await http.open({ ...request, signal: both, timeoutMs: HEADERS_MS });
        yield* eventsIn(answer);
    }
    catch (thrown) {
        lost.throwIfAborted();
        if (signal.aborted)
            return;
        if (thrown instanceof api/* ApiRefusal */.n)
            throw thrown;
        // A connection that broke: the caller goes on from where it was.
    }
}
async function* eventsIn({ status, body }) {
    // A cut is the end of its lines; nobody else listens when it comes late.
    body.on('error', () => { });
    try {
        if (status === 410)
            yield 'gone';
        else if (status >= 400 && status !== 429 && status < 500) {
            throw (0,transport/* refusal */.x5)({ status, body: Buffer.concat(await body.toArray()) });
        }
        else if (status === 200) {
            for await (const line of (0,external_node_readline_.createInterface)({ input: body })) {
                const event = parseEvent(line);
                if (event !== undefined)
                    yield event;
            }
        }
    }
    finally {
        body.destroy();
    }
}
function parseEvent(line) {
    const value = (0,build_json/* parseJson */.qF)(line);
    if (!(0,build_json/* isObject */.Gv)(value))
        return undefined;
    if (value.type === 'ERROR')
        return 'gone';
    if (!(0,narrow/* isKubeObject */.$)(value.object))
        return undefined;
    const { type, object } = value;
    return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK'
        ? { type, object }
        : undefined;
}

;// CONCATENATED MODULE: ./packages/k8s/build/client.js








/** Owns the fields that we apply. */
const FIELD_MANAGER = 'slipway';
/** The API through the socket of a `kubectl proxy`: plain HTTP, nothing else. */
function createClient(ports) {
    const groups = new Map();
    async function json(wanted) {
        return (0,build_json/* parseJson */.qF)((await (0,transport/* call */.T1)(wanted, ports)).body.toString('utf8'));
    }
    async function object(wanted) {
        const value = await json(wanted);
        if (!(0,narrow/* isKubeObject */.$)(value))
            throw new Error(`${wanted.method} ${wanted.path} was answered by something else`);
        return value;
    }
    /** Read once per group and version; a definition that came in this run is found by asking again. */
    async function find(apiVersion, kind) {
        const fixed = knownKind(apiVersion, kind);
        if (fixed !== undefined)
            return fixed;
        const group = groups.get(apiVersion) ?? discover(apiVersion);
        groups.set(apiVersion, group);
        const resource = await group.then((kinds) => kinds.get(kind), (thrown) => {
            groups.delete(apiVersion);
            throw thrown;
        });
        if (resource === undefined)
            groups.delete(apiVersion);
        return resource;
    }
    async function discover(apiVersion) {
        const told = await unless404(json({ method: 'GET', path: groupPath(apiVersion), repeatable: true }));
        const found = (0,build_json/* isObject */.Gv)(told) && (0,build_json/* isArrayOf */.lF)(told.resources, build_json/* isObject */.Gv) ? told.resources : [];
        return new Map(found.flatMap(({ kind, name, namespaced }) => (0,build_json/* isString */.Kg)(kind) && (0,build_json/* isString */.Kg)(name) && !name.includes('/')
            ? [[kind, { name, namespaced: namespaced === true }]]
            : []));
    }
    async function known(apiVersion, kind) {
        const resource = await find(apiVersion, kind);
        if (resource !== undefined)
            return resource;
        throw new api/* ApiRefusal */.n(404, 'UnknownKind', `The cluster knows no kind ${kind} in ${apiVersion}.`, []);
    }
    async function pathOf(ref) {
        return objectPath(ref, await known(ref.apiVersion, ref.kind));
    }
    async function listPath(query) {
        return collectionPath(query.apiVersion, await known(query.apiVersion, query.kind), query.namespace);
    }
    async function list(query) {
        const path = withQuery(await listPath(query), selectorQuery(query));
        return (0,narrow/* toList */.s)(await json({ method: 'GET', path, repeatable: true }), query);
    }
    return {
        list,
        async get(ref) {
            const resource = await find(ref.apiVersion, ref.kind);
            if (resource === undefined)
                return undefined;
            return await unless404(object({ method: 'GET', path: objectPath(ref, resource), repeatable: true }));
        },
        async apply(wanted, { force = false, dryRun = false } = {}) {
            const query = {
                fieldManager: FIELD_MANAGER,
                ...(force ? { force: 'true' } : {}),
                ...(dryRun ? { dryRun: 'All' } : {}),
            };
            const path = withQuery(await pathOf((0,build_object/* refOf */.H8)(wanted)), query);
            return await object({
                method: 'PATCH',
                path,
                body: wanted,
                contentType: 'application/apply-patch+yaml',
                repeatable: true,
            });
        },
        async create(wanted) {
            const { namespace } = wanted.metadata;
            const path = collectionPath(wanted.apiVersion, await known(wanted.apiVersion, wanted.kind), namespace);
            const query = { fieldManager: FIELD_MANAGER };
            return await object({ method: 'POST', path: withQuery(path, query), body: wanted, repeatable: false });
        },
        async replace(wanted) {
            const query = { fieldManager: FIELD_MANAGER };
            const path = withQuery(await pathOf((0,build_object/* refOf */.H8)(wanted)), query);
            return await object({ method: 'PUT', path, body: wanted, repeatable: false });
        },
        async mergePatch(ref, patch) {
            const path = withQuery(await pathOf(ref), { fieldManager: FIELD_MANAGER });
            return await object({
                method: 'PATCH',
                path,
                body: patch,
                contentType: 'application/merge-patch+json',
                repeatable: true,
            });
        },
        async remove(ref, { propagation = 'Background', uid } = {}) {
            const body = {
                apiVersion: 'v1',
                kind: 'DeleteOptions',
                propagationPolicy: propagation,
                ...(uid === undefined ? {} : { preconditions: { uid } }),
            };
            await unless404(json({ method: 'DELETE', path: await pathOf(ref), body, repeatable: true }));
        },
        watch: (query, signal) => watch(query, { ...ports, list, listPath, signal }),
        async logs(pod, container, { lines, previous }) {
            const query = { container, tailLines: String(lines), previous: String(previous) };
            const path = withQuery(`${await pathOf(pod)}/log`, query);
            const { body } = await (0,transport/* call */.T1)({ method: 'GET', path, repeatable: true, accept: '*/*' }, ports);
            return body.toString('utf8');
        },
        async review(wanted) {
            const path = collectionPath(wanted.apiVersion, await known(wanted.apiVersion, wanted.kind));
            return await object({ method: 'POST', path, body: wanted, repeatable: true });
        },
        resource: find,
        isNamespaced: async (apiVersion, kind) => (await find(apiVersion, kind))?.namespaced,
    };
}
async function unless404(work) {
    try {
        return await work;
    }
    catch (thrown) {
        if (thrown instanceof api/* ApiRefusal */.n && thrown.status === 404)
            return undefined;
        throw thrown;
    }
}
/** Says of a refusal what it was about. */
function about(ref, refusal) {
    return `${describeRef(ref)}: ${refusal.message}`;
}


/***/ }),

/***/ 3164:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  compareAll: () => (/* binding */ compareAll)
});

// EXTERNAL MODULE: ./packages/kernel/build/errors.js
var errors = __webpack_require__(1525);
// EXTERNAL MODULE: ./packages/kernel/build/parallel.js
var parallel = __webpack_require__(9369);
// EXTERNAL MODULE: ./packages/k8s/build/api.js
var build_api = __webpack_require__(8041);
// EXTERNAL MODULE: ./packages/k8s/build/apply/autoscalers.js
var autoscalers = __webpack_require__(686);
// EXTERNAL MODULE: ./packages/k8s/build/apply/refusals.js
var refusals = __webpack_require__(9273);
// EXTERNAL MODULE: ./packages/k8s/build/apply/take-over.js
var take_over = __webpack_require__(1858);
// EXTERNAL MODULE: ./packages/k8s/build/manifests/order.js
var order = __webpack_require__(7884);
// EXTERNAL MODULE: ./packages/k8s/build/object.js
var build_object = __webpack_require__(8330);
// EXTERNAL MODULE: ./packages/k8s/build/pod-template.js
var pod_template = __webpack_require__(1173);
// EXTERNAL MODULE: ./packages/k8s/build/render/hash-configs.js + 1 modules
var hash_configs = __webpack_require__(8805);
// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
;// CONCATENATED MODULE: ./packages/k8s/build/plan/line-differences.js
/** More comparisons than this are not worth their time. */
const MOST_CELLS = 4_000_000;
const MOST_LINES = 60;
/** The lines that go and come between two texts, in their order, marked `-` and `+`. */
function lineDifferences(before, after) {
    const [old, young] = [before.split('\n'), after.split('\n')];
    let start = 0;
    while (start < old.length && start < young.length && old[start] === young[start])
        start += 1;
    let end = 0;
    while (end < Math.min(old.length, young.length) - start && old.at(-1 - end) === young.at(-1 - end))
        end += 1;
    const [a, b] = [old.slice(start, old.length - end), young.slice(start, young.length - end)];
    if (a.length * b.length > MOST_CELLS)
        return [`- (${a.length} lines)`, `+ (${b.length} lines)`];
    const marked = between(a, b);
    const rest = marked.length - MOST_LINES;
    return rest > 0 ? [...marked.slice(0, MOST_LINES), `  (${rest} more lines)`] : marked;
}
/** By the longest common subsequence. */
function between(a, b) {
    const width = b.length + 1;
    const common = new Uint32Array((a.length + 1) * width);
    const at = (i, j) => common[i * width + j] ?? 0;
    for (let i = a.length - 1; i >= 0; i -= 1) {
        for (let j = b.length - 1; j >= 0; j -= 1) {
            common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
        }
    }
    const marked = [];
    let [i, j] = [0, 0];
    while (i < a.length || j < b.length) {
        if (i < a.length && j < b.length && a[i] === b[j]) {
            i += 1;
            j += 1;
        }
        else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
            marked.push(`- ${a[i]}`);
            i += 1;
        }
        else {
            marked.push(`+ ${b[j]}`);
            j += 1;
        }
    }
    return marked;
}

;// CONCATENATED MODULE: ./packages/k8s/build/plan/differences.js


const LONGEST_VALUE = 160;
/** Texts that would be taken for something else, as in YAML. */
const NEEDS_QUOTES = /\n|: | #|^\s|\s$|^$|^[-+.\d]+$|^(?:true|false|null|yes|no|on|off|~)$/i;
/** What of a Secret is content: only that it changes may be told. */
const SECRET_CONTENT = new Set(['data', 'stringData']);
/**
 * What an object would look like, against what it is: `- path: before` and `+ path: after`, one leaf a line, texts of
 * several lines by their lines. Content of Secrets is never in it.
 */
function differences(before, after) {
    const isSecret = (after ?? before)?.kind === 'Secret';
    const keys = keysOf(before, after);
    return keys.flatMap((key) => isSecret && SECRET_CONTENT.has(key)
        ? secretLines(key, before?.[key], after?.[key])
        : lines(key, before?.[key], after?.[key]));
}
function lines(path, before, after) {
    if ((0,json/* canonicalJson */.dj)(before ?? null) === (0,json/* canonicalJson */.dj)(after ?? null))
        return [];
    if (isMap(before) && isMap(after))
        return mapLines(before ?? {}, after ?? {}, (key) => child(path, key));
    const named = namedItems(before, after);
    if (named !== undefined)
        return mapLines(named.before, named.after, (name) => `${path}[${name}]`);
    if ((0,json/* isString */.Kg)(before) && (0,json/* isString */.Kg)(after) && (before.includes('\n') || after.includes('\n'))) {
        return [`  ${path}:`, ...lineDifferences(before, after)];
    }
    return [...leaf('-', path, before), ...leaf('+', path, after)];
}
function mapLines(before, after, pathOf) {
    return keysOf(before, after).flatMap((key) => lines(pathOf(key), before[key], after[key]));
}
/** An object, or nothing where the other side has one. */
function isMap(value) {
    return value === undefined || ((0,json/* isObject */.Gv)(value) && Object.keys(value).length > 0);
}
/** Lists whose items all have names of their own, such as containers and variables, are compared by these. */
function namedItems(before, after) {
    const [old, young] = [byName(before), byName(after)];
    return old === undefined || young === undefined ? undefined : { before: old, after: young };
}
function byName(list) {
    if (list === undefined)
        return {};
    if (!(0,json/* isArrayOf */.lF)(list, json/* isObject */.Gv) || list.length === 0)
        return undefined;
    const names = list.map(({ name }) => name);
    if (!(0,json/* isArrayOf */.lF)(names, json/* isString */.Kg) || new Set(names).size < names.length)
        return undefined;
    return Object.fromEntries(list.map(({ name: _name, ...item }, index) => [names[index] ?? '', item]));
}
function leaf(sign, path, value) {
    if (value === undefined)
        return [];
    const text = (0,json/* isString */.Kg)(value) && !NEEDS_QUOTES.test(value) ? value : JSON.stringify(value);
    return [`${sign} ${path}: ${text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text}`];
}
function secretLines(path, before, after) {
    const [old, young] = [before, after].map((content) => ((0,json/* isObject */.Gv)(content) ? content : {}));
    return keysOf(old, young).flatMap((key) => {
        const [was, is] = [old?.[key], young?.[key]];
        if (was === is)
            return [];
        const word = was === undefined ? '+' : is === undefined ? '-' : '~';
        return [`${word} ${child(path, key)}: (${{ '+': 'new', '-': 'removed', '~': 'changed' }[word]}, not shown)`];
    });
}
function child(path, key) {
    return /^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
function keysOf(before, after) {
    return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].toSorted();
}

;// CONCATENATED MODULE: ./packages/k8s/build/plan/compare.js











const AT_ONCE = 8;
/** A dry run cannot show it: the owner changes first. */
const TAKEN_OVER = '- fields that only kubectl apply has set, and the manifest has not';
/**
 * Asks the server, by a dry run of each object, what applying the set would change; nothing is written. `previous` are
 * the objects that were applied before: configuration with a digest in its name is compared to what it follows. All
 * refusals come in one UserError.
 */
async function compareAll(objects, { force = false }, api, previous = []) {
    const wanted = (0,order/* inApplyOrder */.ub)(await (0,autoscalers/* respectAutoscalers */.N)(objects, api));
    const settled = await (0,parallel/* settleAll */.j)(wanted, AT_ONCE, async (object) => await compare(object, force, api, previous));
    const problems = [];
    const changes = settled.flatMap((result, index) => {
        if (result.status === 'fulfilled')
            return [result.value];
        const object = wanted[index];
        if (object === undefined || !(result.reason instanceof build_api/* ApiRefusal */.n))
            throw result.reason;
        const why = waitsFor(object, wanted, result.reason);
        if (why !== undefined)
            return [{ kind: 'untried', ref: (0,build_object/* refOf */.H8)(object), why }];
        problems.push((0,refusals/* explainRefusal */.G)((0,build_object/* refOf */.H8)(object), result.reason));
        return [];
    });
    if (problems.length > 0)
        throw new errors/* UserError */.yo(problems);
    return changes;
}
async function compare(object, force, api, previous) {
    const ref = (0,build_object/* refOf */.H8)(object);
    const [live, then] = await Promise.all([api.get(ref), api.apply(object, { force, dryRun: true })]);
    if (live === undefined)
        return newcomer(object, previous);
    const leaves = force && (0,take_over/* withoutClientSide */.r)(live.metadata.managedFields ?? []) !== undefined;
    const lines = [...differences(withoutNoise(live), withoutNoise(then)), ...(leaves ? [TAKEN_OVER] : [])];
    return lines.length === 0 ? { kind: 'same', ref } : { kind: 'changed', ref, lines };
}
function newcomer(object, previous) {
    const ref = (0,build_object/* refOf */.H8)(object);
    const source = object.metadata.annotations?.[hash_configs/* SOURCE_NAME */.c];
    const before = previous.find(({ kind, metadata }) => kind === object.kind &&
        source !== undefined &&
        metadata.namespace === object.metadata.namespace &&
        metadata.annotations?.[hash_configs/* SOURCE_NAME */.c] === source);
    const from = before?.metadata.name ?? '';
    // The content of the Secret before is nowhere to be read but in the cluster.
    if (before?.kind === 'Secret')
        return { kind: 'new', ref, lines: ['~ data: (changed, not shown)'], from };
    if (before?.kind === 'ConfigMap') {
        const [old, young] = [before, object].map(({ data, binaryData }) => ({ data, binaryData }));
        return { kind: 'new', ref, lines: differences(old, young), from };
    }
    const images = (0,pod_template/* containersOf */.Mz)((0,pod_template/* podSpecOf */.qz)(object) ?? {}).map(({ name, image }) => `+ ${name}: ${String(image)}`);
    return { kind: 'new', ref, lines: images };
}
/** What servers and controllers write by themselves. */
function withoutNoise({ status: _status, ...object }) {
    const { managedFields: _managed, resourceVersion: _version, generation: _generation, creationTimestamp: _created, uid: _uid, annotations = {}, ...metadata } = object.metadata;
    const kept = Object.entries(annotations).filter(([key]) => !NOISY_ANNOTATIONS.has(key));
    return {
        ...object,
        metadata: { ...metadata, ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}) },
    };
}
const NOISY_ANNOTATIONS = new Set([
    'deployment.kubernetes.io/revision',
    // It repeats the whole object, the content of Secrets included.
    'kubectl.kubernetes.io/last-applied-configuration',
]);
function waitsFor(object, set, refusal) {
    const { namespace } = object.metadata;
    const ownNamespace = set.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
    if (ownNamespace !== undefined && refusal.status === 404)
        return `${(0,build_object/* describeRef */.Ro)((0,build_object/* refOf */.H8)(ownNamespace))} is not there yet`;
    const definition = set.find(({ kind, spec }) => kind === 'CustomResourceDefinition' &&
        spec?.group === (0,build_object/* groupOf */.F8)(object) &&
        spec.names?.kind === object.kind);
    const isUnknown = refusal.reason === 'UnknownKind' && definition !== undefined;
    return isUnknown ? `${(0,build_object/* describeRef */.Ro)((0,build_object/* refOf */.H8)(definition))} is not there yet` : undefined;
}


/***/ }),

/***/ 3964:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   T1: () => (/* binding */ call),
/* harmony export */   fo: () => (/* binding */ requestOf),
/* harmony export */   x5: () => (/* binding */ refusal)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5868);
/* harmony import */ var _api_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8041);



/** The server's words, under the status 500, for an object that does not fit the schema of its kind. */
const UNREADABLE = /failed to (?:create typed patch object|convert new object) \(/;
const CALL_MS = 30_000;
const MAX_BYTES = 64 * 1024 * 1024;
const TRIES = 6;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 10_000;
/** One call; a refusal of the server is an `ApiRefusal`. */
async function call(wanted, ports) {
    const { http, clock, lost } = ports;
    for (let tried = 1;; tried += 1) {
        const answer = await attempt(wanted, http, ports);
        if (answer.kind === 'answered' && answer.response.status < 300)
            return answer.response;
        if (tried === TRIES || !mayPass(wanted, answer)) {
            if (answer.kind === 'broken')
                throw answer.cause;
            throw refusal(answer.response);
        }
        await clock.sleep(waitBefore(tried, answer), lost);
    }
}
async function attempt(wanted, http, ports) {
    ports.lost.throwIfAborted();
    try {
        return { kind: 'answered', response: await http.request({ ...requestOf(wanted, ports), timeoutMs: CALL_MS }) };
    }
    catch (cause) {
        ports.lost.throwIfAborted();
        return { kind: 'broken', cause };
    }
}
function requestOf({ method, path, body, contentType, accept }, { socketPath, lost }) {
    return {
        method,
        url: `http://localhost${path}`,
        socketPath,
        signal: lost,
        maxBytes: MAX_BYTES,
        headers: {
            accept: accept ?? 'application/json',
            ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
}
/** 429 means that nothing was done; anything else may have been, so only what is repeatable comes again. */
function mayPass({ repeatable }, answer) {
    if (answer.kind === 'broken')
        return repeatable;
    const { status, body } = answer.response;
    if (status === 500 && UNREADABLE.test(body.toString('utf8')))
        return false;
    return status === 429 || (repeatable && (status === 408 || status >= 500));
}
function waitBefore(tried, answer) {
    const told = answer.kind === 'answered' ? Number(answer.response.headers['retry-after']) * 1_000 : Number.NaN;
    const own = FIRST_WAIT_MS * 2 ** tried + (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomInt)(FIRST_WAIT_MS);
    return Math.min(LONGEST_WAIT_MS, Number.isNaN(told) ? own : Math.max(own, told));
}
/** Reads the Status object of a refusal; gateways in between answer with anything. */
function refusal({ status, body }) {
    const text = body.toString('utf8');
    const value = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .parseJson */ .qF)(text);
    if (!(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isObject */ .Gv)(value))
        return new _api_js__WEBPACK_IMPORTED_MODULE_1__/* .ApiRefusal */ .n(status, 'Unknown', `status ${status}: ${text.trim().slice(0, 300)}`, []);
    const details = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isObject */ .Gv)(value.details) ? value.details : {};
    const causes = Array.isArray(details.causes) ? details.causes.filter(_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isObject */ .Gv) : [];
    return new _api_js__WEBPACK_IMPORTED_MODULE_1__/* .ApiRefusal */ .n(status, (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isString */ .Kg)(value.reason) ? value.reason : 'Unknown', (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isString */ .Kg)(value.message) ? value.message : `status ${status}`, causes.map((cause) => ({
        field: textOf(cause.field),
        message: textOf(cause.message),
        reason: textOf(cause.reason),
    })));
}
function textOf(value) {
    return (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isString */ .Kg)(value) ? value : '';
}


/***/ })

};
