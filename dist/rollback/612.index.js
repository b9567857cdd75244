export const id = 612;
export const ids = [612];
export const modules = {

/***/ 8041:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ ApiRefusal)
/* harmony export */ });
/** The server said no. `reason` as in the Status object: `Forbidden`, `Invalid`, `Conflict`, `AlreadyExists`... */
class ApiRefusal extends Error {
    name = 'ApiRefusal';
    status;
    reason;
    /** Fields that the server names, with its words. */
    causes;
    constructor(status, reason, message, causes) {
        super(message);
        this.status = status;
        this.reason = reason;
        this.causes = causes;
    }
}


/***/ }),

/***/ 9612:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   changesMarkdown: () => (/* binding */ changesMarkdown),
/* harmony export */   planChanges: () => (/* binding */ planChanges)
/* harmony export */ });
/* harmony import */ var _leftovers_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9589);
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(8330);
/* harmony import */ var _release_set_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5069);
/* harmony import */ var _render_job_names_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7156);




/** What the planned release would change in the cluster, as the server itself says; nothing is written. */
async function planChanges({ api, sets, recorded, returning }, { plan, outcome }, force) {
    if (plan === null || outcome !== 'planned')
        return [];
    const { installed, found } = recorded;
    const [{ compareAll }, { renderChanges }, objects, before] = await Promise.all([
        Promise.all(/* import() */[__webpack_require__.e(164), __webpack_require__.e(369)]).then(__webpack_require__.bind(__webpack_require__, 3164)),
        __webpack_require__.e(/* import() */ 273).then(__webpack_require__.bind(__webpack_require__, 273)),
        sets.objects(plan.release.digest),
        installed === null ? [] : sets.find(installed),
    ]);
    const asked = objects.filter((object) => !(0,_release_set_js__WEBPACK_IMPORTED_MODULE_1__/* .isRecordedSecret */ .r3)(object) && !(returning && (0,_render_job_names_js__WEBPACK_IMPORTED_MODULE_2__/* .isJob */ .o)(object)));
    const changes = await compareAll(asked, { force }, api, before ?? []);
    const gone = returning && installed !== null ? (0,_leftovers_js__WEBPACK_IMPORTED_MODULE_0__/* .addedBy */ .OM)(before ?? [], objects, found[installed] ?? []) : [];
    return [...renderChanges(changes), ...gone.map((object) => `- ${(0,_object_js__WEBPACK_IMPORTED_MODULE_3__/* .describeRef */ .Ro)((0,_object_js__WEBPACK_IMPORTED_MODULE_3__/* .refOf */ .H8)(object))}`)];
}
/** The changes as a part of a job summary; nothing when there are none. */
function changesMarkdown(changes) {
    if (changes.length === 0)
        return '';
    const text = changes.join('\n');
    const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const fence = '`'.repeat(Math.max(3, longest + 1));
    return `\n#### What would change\n\n${fence}diff\n${text}\n${fence}\n`;
}


/***/ }),

/***/ 9589:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   OM: () => (/* binding */ addedBy),
/* harmony export */   TN: () => (/* binding */ keyOf),
/* harmony export */   w7: () => (/* binding */ foundBefore)
/* harmony export */ });
/* harmony import */ var _manifests_order_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7884);
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8330);


/** What holds data, or more than this release; and Jobs, which have happened. */
const STAYS = new Set([
    'Namespace',
    'PersistentVolumeClaim',
    'PersistentVolume',
    'CustomResourceDefinition',
    'StorageClass',
    'Job',
]);
/**
 * What a release that is left added, in the order in which it goes: what `back` lacks, without what was `found` in the
 * cluster before it came, and without what is never deleted by itself.
 */
function addedBy(left, back, found) {
    const stay = new Set([...back.map(keyOf), ...found]);
    return (0,_manifests_order_js__WEBPACK_IMPORTED_MODULE_0__/* .inApplyOrder */ .ub)(left.filter((object) => !STAYS.has(object.kind) && !stay.has(keyOf(object)))).toReversed();
}
/** Objects that are in the cluster already, although `before` has none of them. */
async function foundBefore(set, before, api) {
    const known = new Set(before.map(keyOf));
    const others = set.filter((object) => !known.has(keyOf(object)));
    const there = await Promise.all(others.map(async (object) => (await api.get((0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .refOf */ .H8)(object))) !== undefined));
    return others.filter((_, index) => there[index]).map(keyOf);
}
/** One version of an API group shows the same objects as another, so the version does not count. */
function keyOf(object) {
    const { kind, namespace = '', name } = (0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .refOf */ .H8)(object);
    return [(0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .groupOf */ .F8)(object), kind, namespace, name].join('/');
}


/***/ }),

/***/ 7884:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   IQ: () => (/* binding */ rankOf),
/* harmony export */   co: () => (/* binding */ inPhases),
/* harmony export */   ub: () => (/* binding */ inApplyOrder)
/* harmony export */ });
/**
 * When each kind is applied. What others need comes first; what brings or moves traffic comes last. Kinds that are not
 * here, such as custom resources, are applied with the workloads.
 */
const ORDER = [
    { phase: 'foundation', kinds: ['Namespace'] },
    { phase: 'foundation', kinds: ['CustomResourceDefinition'] },
    { phase: 'foundation', kinds: ['PriorityClass', 'StorageClass', 'RuntimeClass', 'IngressClass', 'GatewayClass'] },
    { phase: 'foundation', kinds: ['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'ServiceAccount'] },
    { phase: 'foundation', kinds: ['ClusterRole', 'Role'] },
    { phase: 'foundation', kinds: ['ClusterRoleBinding', 'RoleBinding'] },
    { phase: 'foundation', kinds: ['ConfigMap', 'Secret'] },
    { phase: 'foundation', kinds: ['PersistentVolume', 'PersistentVolumeClaim'] },
    { phase: 'jobs', kinds: ['Job'] },
    { phase: 'rollout', kinds: ['Service', 'EndpointSlice', 'Endpoints'] },
    { phase: 'rollout', kinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'CronJob'] },
    { phase: 'rollout', kinds: ['Gateway', 'Ingress', 'HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'] },
    { phase: 'rollout', kinds: ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'ScaledObject'] },
    { phase: 'rollout', kinds: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService'] },
];
const OTHERS = ORDER.findIndex(({ kinds }) => kinds.some((kind) => kind === 'Deployment'));
const RANKS = new Map(ORDER.flatMap(({ kinds }, rank) => kinds.map((kind) => [kind, rank])));
/** Objects of one rank may be applied at the same time; a lower one is applied before a higher one. */
function rankOf({ kind }) {
    return RANKS.get(kind) ?? OTHERS;
}
/** In the order of ranks; within one, as they were. */
function inApplyOrder(objects) {
    return objects.toSorted((a, b) => rankOf(a) - rankOf(b));
}
/** The objects of each phase, in order: what everything stands on, the Jobs that run before the rollout, and the rest. */
function inPhases(objects) {
    const phases = { foundation: [], jobs: [], rollout: [] };
    for (const object of inApplyOrder(objects))
        phases[ORDER[rankOf(object)]?.phase ?? 'rollout'].push(object);
    return phases;
}


/***/ }),

/***/ 2174:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $: () => (/* binding */ isKubeObject),
/* harmony export */   s: () => (/* binding */ toList)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5868);

/** The items of a list come without apiVersion and kind. */
function toList(value, { apiVersion, kind }) {
    if (!(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(value) || !(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isArrayOf */ .lF)(value.items, _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv) || !(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(value.metadata)) {
        throw new Error(`the list of ${kind} was answered by something else`);
    }
    const items = value.items.map((item) => ({ ...item, apiVersion, kind }));
    if (!(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isArrayOf */ .lF)(items, isKubeObject))
        throw new Error(`the list of ${kind} has something else in it`);
    const { resourceVersion } = value.metadata;
    return { items, resourceVersion: (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isString */ .Kg)(resourceVersion) ? resourceVersion : '' };
}
function isKubeObject(value) {
    return (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(value) && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isString */ .Kg)(value.apiVersion) && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isString */ .Kg)(value.kind) && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(value.metadata);
}


/***/ }),

/***/ 8330:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F8: () => (/* binding */ groupOf),
/* harmony export */   H8: () => (/* binding */ refOf),
/* harmony export */   Ro: () => (/* binding */ describeRef)
/* harmony export */ });
function refOf(object) {
    const { apiVersion, kind } = object;
    const { name, namespace } = object.metadata;
    return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}
/** `Deployment shop/web`, for people. */
function describeRef({ kind, namespace, name }) {
    return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
/** The API group, without the version: `apps`; empty for the core. */
function groupOf({ apiVersion }) {
    return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}


/***/ }),

/***/ 2406:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Hd: () => (/* binding */ RECORD_LABEL),
/* harmony export */   Ji: () => (/* binding */ recordRef),
/* harmony export */   Kf: () => (/* binding */ MANAGED_BY),
/* harmony export */   mf: () => (/* binding */ leaseRef),
/* harmony export */   xD: () => (/* binding */ recordName)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2098);

const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'slipway' };
/** Says of what else we keep to whose records it belongs. */
const RECORD_LABEL = 'slipway.dev/record';
/** Longest name of what we keep, with room for a suffix below the limit of 63. */
const LONGEST = 40;
/** The name of the Lease, the ledger and all else that we keep: a DNS label, one for each app and environment. */
function recordName({ app, environment }) {
    const plain = `slipway-${app}-${environment}`;
    const safe = plain.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
    if (safe === plain && safe.length <= LONGEST && !safe.endsWith('-'))
        return safe;
    // Different apps must never share a name, so what was changed gets a digest of what it was.
    return `${safe.slice(0, LONGEST - 9)}-${(0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .hexOf */ .ZD)((0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .digestOf */ .ol)(`${app}/${environment}`)).slice(0, 8)}`;
}
function recordRef(kind, place) {
    return { apiVersion: 'v1', kind, namespace: place.namespace, name: recordName(place) };
}
function leaseRef(place) {
    return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: place.namespace, name: recordName(place) };
}


/***/ }),

/***/ 1173:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   KP: () => (/* binding */ podLabelsOf),
/* harmony export */   Mz: () => (/* binding */ containersOf),
/* harmony export */   n6: () => (/* binding */ withPodSpec),
/* harmony export */   qz: () => (/* binding */ podSpecOf),
/* harmony export */   r5: () => (/* binding */ withContainers)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5868);
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8330);


/** Where each kind keeps the spec of its pods. */
const POD_SPECS = {
    Pod: ['spec'],
    ReplicationController: ['spec', 'template', 'spec'],
    'apps Deployment': ['spec', 'template', 'spec'],
    'apps StatefulSet': ['spec', 'template', 'spec'],
    'apps DaemonSet': ['spec', 'template', 'spec'],
    'apps ReplicaSet': ['spec', 'template', 'spec'],
    'batch Job': ['spec', 'template', 'spec'],
    'batch CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
/** The spec of the pods that an object makes, or undefined when it makes none. */
function podSpecOf(object) {
    const path = pathOf(object);
    if (path === undefined)
        return undefined;
    return path.reduce((at, key) => child(at, key), object);
}
/** The object with another pod spec; one that makes no pods stays as it is. */
function withPodSpec(object, change) {
    const path = pathOf(object);
    return path === undefined || podSpecOf(object) === undefined ? object : changed(object, path, change);
}
/** Its init containers and containers, in the order in which they start. */
function containersOf(spec) {
    return [spec.initContainers, spec.containers].flatMap((list) => ((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isArrayOf */ .lF)(list, isContainer) ? list : []));
}
/** The object with other init containers and containers. */
function withContainers(object, change) {
    const each = (item) => (isContainer(item) ? change(item) : item);
    const all = (list) => (Array.isArray(list) ? list.map(each) : list);
    return withPodSpec(object, (spec) => ({
        ...spec,
        ...('initContainers' in spec ? { initContainers: all(spec.initContainers) } : {}),
        containers: all(spec.containers),
    }));
}
/** The labels of the pods that an object makes. */
function podLabelsOf(object) {
    const path = pathOf(object)?.slice(0, -1);
    if (path === undefined)
        return {};
    const template = path.reduce((at, key) => child(at, key), object);
    const labels = child(child(template, 'metadata'), 'labels') ?? {};
    return Object.fromEntries(Object.entries(labels).filter((entry) => (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isString */ .Kg)(entry[1])));
}
function pathOf(object) {
    return POD_SPECS[`${(0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .groupOf */ .F8)(object)} ${object.kind}`.trim()];
}
function child(value, key) {
    const found = value?.[key];
    return (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(found) ? found : undefined;
}
function changed(value, [key, ...path], change) {
    if (key === undefined)
        return change(value);
    return { ...value, [key]: changed(child(value, key) ?? {}, path, change) };
}
function isContainer(value) {
    return (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(value) && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_0__/* .isString */ .Kg)(value.name);
}


/***/ }),

/***/ 5069:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M9: () => (/* binding */ listSets),
/* harmony export */   OF: () => (/* binding */ storeSet),
/* harmony export */   jo: () => (/* binding */ loadSet),
/* harmony export */   ju: () => (/* binding */ createSet),
/* harmony export */   nN: () => (/* binding */ SET_MEDIA_TYPE),
/* harmony export */   r3: () => (/* binding */ isRecordedSecret),
/* harmony export */   s4: () => (/* binding */ setOf)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_zlib__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8522);
/* harmony import */ var _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2098);
/* harmony import */ var _slipway_kernel_errors__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1525);
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(5868);
/* harmony import */ var _narrow_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(2174);
/* harmony import */ var _place_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2406);
/* harmony import */ var _write_once_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(1890);








/** The media type of a set's canonical JSON, which its digest names. */
const SET_MEDIA_TYPE = 'application/vnd.slipway.kubernetes.set.v1+json';
const PART = 'set.json.gz';
/** What one ConfigMap takes, with room for its metadata: 1 MiB in base64. */
const PART_BYTES = 700 * 1024;
const SET_LABEL = 'slipway.dev/set';
const SECRET_DIGEST = 'slipway.dev/content-hmac';
/** The content of Secrets is in the digest by a keyed hash: a plain one of a short secret could be guessed. */
function createSet(objects, key) {
    const recorded = objects.map((object) => (object.kind === 'Secret' ? withoutContent(object, key) : object));
    const text = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_6__/* .canonicalJson */ .dj)(recorded);
    return { digest: (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_2__/* .digestOf */ .ol)(text), size: Buffer.byteLength(text), objects, recorded };
}
/** Keeps the set in the cluster, whatever its size; what is there already is the same, since its name has the digest. */
async function storeSet(set, api, place) {
    const packed = (0,node_zlib__WEBPACK_IMPORTED_MODULE_1__.gzipSync)((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_6__/* .canonicalJson */ .dj)(set.recorded), { level: 9 });
    const parts = Math.max(1, Math.ceil(packed.length / PART_BYTES));
    for (let part = parts - 1; part >= 0; part -= 1) {
        const bytes = packed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
        await createOnce(api, {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: {
                name: partName(place, set.digest, part),
                namespace: place.namespace,
                labels: { ..._place_js__WEBPACK_IMPORTED_MODULE_4__/* .MANAGED_BY */ .Kf, [SET_LABEL]: (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_2__/* .shortDigest */ .VK)(set.digest), [_place_js__WEBPACK_IMPORTED_MODULE_4__/* .RECORD_LABEL */ .Hd]: (0,_place_js__WEBPACK_IMPORTED_MODULE_4__/* .recordName */ .xD)(place) },
                annotations: { 'slipway.dev/parts': String(parts) },
            },
            immutable: true,
            binaryData: { [PART]: bytes.toString('base64') },
        });
    }
}
/** The set as recorded: its Secrets have no content, and are in the cluster under their own names. */
async function loadSet(digest, api, place) {
    const read = (part) => api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: place.namespace, name: partName(place, digest, part) });
    const first = await read(0);
    if (first === undefined)
        return undefined;
    const count = Number(first.metadata.annotations?.['slipway.dev/parts'] ?? '1');
    const rest = await Promise.all(Array.from({ length: count - 1 }, (_, index) => read(index + 1)));
    const bytes = [first, ...rest].map((part) => {
        const packed = part?.binaryData;
        if (!(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_6__/* .isObject */ .Gv)(packed) || !(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_6__/* .isString */ .Kg)(packed[PART]))
            throw (0,_slipway_kernel_errors__WEBPACK_IMPORTED_MODULE_3__/* .userError */ .IF)(`A part of the release set ${digest} is lost.`, 'deploy another release');
        return Buffer.from(packed[PART], 'base64');
    });
    const text = (0,node_zlib__WEBPACK_IMPORTED_MODULE_1__.gunzipSync)(Buffer.concat(bytes)).toString('utf8');
    const objects = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_6__/* .parseJson */ .qF)(text);
    if ((0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_2__/* .digestOf */ .ol)(text) !== digest || !(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_6__/* .isArrayOf */ .lF)(objects, _narrow_js__WEBPACK_IMPORTED_MODULE_7__/* .isKubeObject */ .$)) {
        throw (0,_slipway_kernel_errors__WEBPACK_IMPORTED_MODULE_3__/* .userError */ .IF)(`The recorded release set ${digest} was changed by hand.`, 'deploy another release');
    }
    return objects;
}
/** Sets that are kept, by the first digits of their digests. */
async function listSets(api, place) {
    const labelSelector = `${SET_LABEL},${_place_js__WEBPACK_IMPORTED_MODULE_4__/* .RECORD_LABEL */ .Hd}=${(0,_place_js__WEBPACK_IMPORTED_MODULE_4__/* .recordName */ .xD)(place)}`;
    return (await api.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: place.namespace, labelSelector })).items;
}
function setOf(part) {
    return part.metadata.labels?.[SET_LABEL] ?? '';
}
/** A Secret as it may be written down anywhere. */
function isRecordedSecret(object) {
    return object.kind === 'Secret' && object.metadata.annotations?.[SECRET_DIGEST] !== undefined;
}
function withoutContent(secret, key) {
    const { data, stringData, ...rest } = secret;
    const hmac = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHmac)('sha256', key).update((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_6__/* .canonicalJson */ .dj)({ data, stringData })).digest('hex');
    const { metadata } = secret;
    return { ...rest, metadata: { ...metadata, annotations: { ...metadata.annotations, [SECRET_DIGEST]: hmac } } };
}
function partName(place, digest, part) {
    return `${(0,_place_js__WEBPACK_IMPORTED_MODULE_4__/* .recordName */ .xD)(place)}-${(0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_2__/* .shortDigest */ .VK)(digest)}${part === 0 ? '' : `-${part}`}`;
}
async function createOnce(api, object) {
    try {
        await (0,_write_once_js__WEBPACK_IMPORTED_MODULE_5__/* .writeOnce */ .F)(api, object, ({ binaryData }) => binaryData);
    }
    catch (thrown) {
        if (!(0,_write_once_js__WEBPACK_IMPORTED_MODULE_5__/* .isRobbed */ .n)(thrown))
            throw thrown;
    }
}


/***/ }),

/***/ 8805:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  c: () => (/* binding */ SOURCE_NAME),
  U: () => (/* binding */ hashConfigs)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./packages/kernel/build/digest.js
var digest = __webpack_require__(2098);
// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
// EXTERNAL MODULE: ./packages/k8s/build/pod-template.js
var pod_template = __webpack_require__(1173);
;// CONCATENATED MODULE: ./packages/k8s/build/render/config-refs.js


/** What a field of this name in a pod spec refers to by its `name`. */
const BY_NAME = {
    configMap: 'ConfigMap',
    configMapRef: 'ConfigMap',
    configMapKeyRef: 'ConfigMap',
    secret: 'Secret',
    secretRef: 'Secret',
    secretKeyRef: 'Secret',
    nodePublishSecretRef: 'Secret',
};
/** The object with other names for the ConfigMaps and Secrets that its pods read: env, envFrom and volumes. */
function withConfigNames(object, rename) {
    // Pull secrets are read by nodes, not by the processes in the pod, so they are not part of its configuration.
    return (0,pod_template/* withPodSpec */.n6)(object, (spec) => {
        const renamed = renameIn(spec, '', rename);
        return 'imagePullSecrets' in spec ? { ...renamed, imagePullSecrets: spec.imagePullSecrets } : renamed;
    });
}
function renameIn(value, under, rename) {
    if (Array.isArray(value))
        return value.map((item) => renameIn(item, under, rename));
    if (!(0,json/* isObject */.Gv)(value))
        return value;
    const kind = BY_NAME[under];
    return Object.fromEntries(Object.entries(value).map(([key, field]) => {
        if ((0,json/* isString */.Kg)(field) && key === 'secretName')
            return [key, rename('Secret', field)];
        if ((0,json/* isString */.Kg)(field) && key === 'name' && kind !== undefined)
            return [key, rename(kind, field)];
        return [key, renameIn(field, key, rename)];
    }));
}
/** What the pods of an object read. */
function configsReadBy(object) {
    const found = [];
    withConfigNames(object, (kind, name) => {
        found.push({ kind, name });
        return name;
    });
    return found;
}
/**
 * What an object names anywhere but in the configuration of its pods, such as the Secret with the certificate of an
 * Ingress, pull secrets, what a Role lets somebody read by name, or a field of a custom resource.
 */
function configsNamedBy(object) {
    const found = [];
    const note = (kind, value) => {
        const name = (0,json/* isObject */.Gv)(value) ? value.name : value;
        if ((0,json/* isString */.Kg)(name))
            found.push({ kind, name });
    };
    const look = (value) => {
        if (Array.isArray(value))
            for (const item of value)
                look(item);
        if (!(0,json/* isObject */.Gv)(value))
            return;
        for (const [key, field] of Object.entries(value)) {
            const kind = kindOf(key);
            if (kind !== undefined)
                for (const item of Array.isArray(field) ? field : [field])
                    note(kind, item);
            look(field);
        }
        for (const name of (0,json/* isArrayOf */.lF)(value.resourceNames, json/* isString */.Kg) ? value.resourceNames : []) {
            const resources = Array.isArray(value.resources) ? value.resources : [];
            if (resources.includes('configmaps') || resources.includes('*'))
                note('ConfigMap', name);
            if (resources.includes('secrets') || resources.includes('*'))
                note('Secret', name);
        }
    };
    look(withoutPods(object));
    return found;
}
/** What is left of an object without the configuration of its pods; of a ConfigMap or Secret nothing. */
function withoutPods(object) {
    if (object.kind === 'ConfigMap' || object.kind === 'Secret')
        return undefined;
    const pullSecrets = (0,pod_template/* podSpecOf */.qz)(object)?.imagePullSecrets;
    return (0,pod_template/* withPodSpec */.n6)(object, () => (pullSecrets === undefined ? {} : { imagePullSecrets: pullSecrets }));
}
function kindOf(key) {
    if (/secret|certificateRefs/i.test(key))
        return 'Secret';
    return /configmap/i.test(key) ? 'ConfigMap' : undefined;
}

;// CONCATENATED MODULE: ./packages/k8s/build/render/hash-configs.js




/** Which object of the manifests a ConfigMap or Secret with a digest in its name was. */
const SOURCE_NAME = 'slipway.dev/name';
const DIGITS = 8;
/** The longest name of an object. */
const LONGEST = 253;
/** Its content comes from the cluster itself. */
const FILLED_BY_CLUSTER = 'kubernetes.io/service-account-token';
/**
 * Gives each ConfigMap and Secret that pods of the set read a name with the digest of its content, and makes it
 * immutable: a release keeps the configuration that was healthy with it, and another content is another rollout. What is
 * named by others too is there under its own name as well. Names that are not in the set stay as they are.
 *
 * `key` is for the digests of Secrets: a plain one of a short secret could be guessed.
 */
function hashConfigs(objects, key) {
    const read = new Set(objects.flatMap((object) => configsReadBy(object).map((ref) => slot(object, ref))));
    const named = new Set(objects.flatMap((object) => configsNamedBy(object).map((ref) => slot(object, ref))));
    const names = new Map();
    for (const object of objects.filter(isHashable)) {
        const place = slot(object, { kind: object.kind, name: object.metadata.name });
        if (read.has(place))
            names.set(place, nameWithDigest(object, key));
    }
    return objects.flatMap((object) => {
        const own = slot(object, { kind: object.kind, name: object.metadata.name });
        const name = isHashable(object) ? names.get(own) : undefined;
        if (name === undefined) {
            const rename = (kind, before) => names.get(slot(object, { kind, name: before })) ?? before;
            return [withConfigNames(object, rename)];
        }
        const hashed = sealed(object, name);
        return named.has(own) ? [object, hashed] : [hashed];
    });
}
function isHashable(object) {
    if (object.apiVersion !== 'v1' || (object.kind !== 'ConfigMap' && object.kind !== 'Secret'))
        return false;
    // What is empty here is filled by somebody else later.
    const isFull = [object.data, object.binaryData].some((part) => (0,json/* isObject */.Gv)(part) && Object.keys(part).length > 0);
    return isFull && object.type !== FILLED_BY_CLUSTER;
}
function sealed(object, name) {
    const { metadata } = object;
    const annotations = { ...metadata.annotations, [SOURCE_NAME]: metadata.name };
    return { ...object, metadata: { ...metadata, name, annotations }, immutable: true };
}
function nameWithDigest({ kind, data, binaryData, type, metadata }, key) {
    const text = (0,json/* canonicalJson */.dj)({ data, binaryData, type });
    const hex = kind === 'Secret' ? (0,external_node_crypto_.createHmac)('sha256', key).update(text).digest('hex') : (0,digest/* hexOf */.ZD)((0,digest/* digestOf */.ol)(text));
    return `${metadata.name.slice(0, LONGEST - DIGITS - 1)}-${hex.slice(0, DIGITS)}`;
}
function slot(near, { kind, name }) {
    return `${kind} ${near.metadata.namespace ?? ''} ${name}`;
}


/***/ }),

/***/ 7156:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ nameJobs),
/* harmony export */   o: () => (/* binding */ isJob)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2098);
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5868);
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8330);
/* harmony import */ var _hash_configs_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8805);




const DIGITS = 8;
/** Names of Jobs end up in labels of their pods. */
const LONGEST = 63;
function isJob(object) {
    return object.kind === 'Job' && (0,_object_js__WEBPACK_IMPORTED_MODULE_2__/* .groupOf */ .F8)(object) === 'batch';
}
/**
 * Names each Job `<name>-<digest8>` by its own content, images and configuration included. So the same Job runs once,
 * whatever else changes around it and however often its release is deployed; another image or setting is another Job.
 */
function nameJobs(objects) {
    return objects.map((object) => (isJob(object) ? named(object) : object));
}
function named(job) {
    const { metadata } = job;
    const digits = (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .hexOf */ .ZD)((0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .digestOf */ .ol)((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .canonicalJson */ .dj)({ name: metadata.name, spec: job.spec }))).slice(0, DIGITS);
    const name = `${metadata.name.slice(0, LONGEST - DIGITS - 1).replace(/[-.]+$/, '')}-${digits}`;
    const annotations = { ...metadata.annotations, [_hash_configs_js__WEBPACK_IMPORTED_MODULE_1__/* .SOURCE_NAME */ .c]: metadata.name };
    return { ...job, metadata: { ...metadata, name, annotations } };
}


/***/ }),

/***/ 1890:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ writeOnce),
/* harmony export */   n: () => (/* binding */ isRobbed)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5868);
/* harmony import */ var _api_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8041);
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8330);



const TRIES = 5;
/**
 * Creates the object, or replaces the very version that it names. When the answer gets lost, the cluster is asked what
 * became of it: it is there as wanted, it can be tried again, or somebody else was faster, which rejects with an
 * `ApiRefusal` of reason `Conflict` or `AlreadyExists`. `content` is what tells our object from another's.
 */
async function writeOnce(api, wanted, content) {
    const told = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .canonicalJson */ .dj)(content(wanted) ?? null);
    for (let tried = 1;; tried += 1) {
        try {
            return await (wanted.metadata.resourceVersion === undefined ? api.create(wanted) : api.replace(wanted));
        }
        catch (thrown) {
            if (thrown instanceof _api_js__WEBPACK_IMPORTED_MODULE_0__/* .ApiRefusal */ .n && !isOpen(thrown, tried))
                throw thrown;
            const found = await api.get((0,_object_js__WEBPACK_IMPORTED_MODULE_2__/* .refOf */ .H8)(wanted));
            if (found !== undefined && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .canonicalJson */ .dj)(content(found) ?? null) === told)
                return found;
            if (tried === TRIES || found?.metadata.resourceVersion !== wanted.metadata.resourceVersion)
                throw thrown;
        }
    }
}
/** Somebody was faster. Who that was only matters to who lost an answer before. */
function isRobbed(thrown) {
    return thrown instanceof _api_js__WEBPACK_IMPORTED_MODULE_0__/* .ApiRefusal */ .n && (thrown.reason === 'Conflict' || thrown.reason === 'AlreadyExists');
}
/** A refusal after a lost answer may speak of our own write. */
function isOpen(refusal, tried) {
    return refusal.status >= 500 || (tried > 1 && isRobbed(refusal));
}


/***/ })

};
