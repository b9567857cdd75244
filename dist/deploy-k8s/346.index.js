export const id = 346;
export const ids = [346];
export const modules = {

/***/ 8346:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   needsOf: () => (/* binding */ needsOf)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5868);
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8330);


/** What is deleted with a release that is left; the rest stays, whatever happens. */
const NEVER_DELETED = new Set(['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'CustomResourceDefinition']);
const APPS = 'apps/v1';
/** All that a deployment of these objects does, its records in `namespace` included. */
function needsOf(objects, namespace) {
    const all = [...objects.flatMap(needsOfObject), ...needsOfRecords(namespace), ...needsOfWatching(objects)];
    return merged(withPlurals(all, objects));
}
/** Applied on the server, read back, and taken away with a release that is left. */
function needsOfObject({ apiVersion, kind, metadata }) {
    const { name, namespace } = metadata;
    const about = { apiVersion, kind, names: [name], ...(namespace === undefined ? {} : { namespace }) };
    const verbs = ['get', 'create', 'patch', ...(NEVER_DELETED.has(kind) ? [] : ['delete'])];
    return verbs.map((verb) => ({ ...about, verb }));
}
/** Ledger, sets and lease. */
function needsOfRecords(namespace) {
    const rows = [
        { apiVersion: 'v1', kind: 'ConfigMap', verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'] },
        { apiVersion: 'v1', kind: 'Secret', verbs: ['get', 'list', 'create', 'delete'] },
        { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', verbs: ['get', 'create', 'update'] },
    ];
    return rows.flatMap(({ verbs, ...about }) => verbs.map((verb) => ({ ...about, verb, namespace })));
}
/** Rollouts and Jobs are watched to their end, and explained by pods, events and logs. */
function needsOfWatching(objects) {
    return objects.flatMap((object) => {
        const { apiVersion, kind } = object;
        const group = (0,_object_js__WEBPACK_IMPORTED_MODULE_0__/* .groupOf */ .F8)(object);
        if (group !== 'apps' && !(group === 'batch' && kind === 'Job'))
            return [];
        const { namespace } = object.metadata;
        const here = namespace === undefined ? {} : { namespace };
        const scales = kind === 'Deployment' || kind === 'StatefulSet';
        return [
            ...reading({ apiVersion, kind, ...here }),
            ...reading({ apiVersion: 'v1', kind: 'Pod', ...here }),
            ...(kind === 'Deployment' ? reading({ apiVersion: APPS, kind: 'ReplicaSet', ...here }) : []),
            // A rollback of a StatefulSet is stuck until the broken pod is deleted.
            ...(kind === 'StatefulSet' ? [{ apiVersion: 'v1', kind: 'Pod', verb: 'delete', ...here }] : []),
            ...(scales ? [{ ...SCALER, verb: 'list', ...here }] : []),
            { apiVersion: 'v1', kind: 'Pod', subresource: 'log', verb: 'get', isOptional: true, ...here },
            ...EXPLAINING.flatMap((about) => reading({ ...about, isOptional: true, ...here })),
        ];
    });
}
const SCALER = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
const EXPLAINING = [
    { apiVersion: 'v1', kind: 'Event' },
    { apiVersion: 'v1', kind: 'Service' },
    { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    { apiVersion: APPS, kind: 'ControllerRevision' },
];
function reading(about) {
    return ['get', 'list', 'watch'].map((verb) => ({ ...about, verb }));
}
function withPlurals(needs, objects) {
    const plurals = new Map();
    for (const { kind, spec } of objects) {
        if (kind !== 'CustomResourceDefinition' || !(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isObject */ .Gv)(spec?.names))
            continue;
        const { kind: defined, plural } = spec.names;
        if ((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(spec.group) && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(defined) && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(plural))
            plurals.set(`${spec.group} ${defined}`, plural);
    }
    return needs.map((need) => {
        const resource = plurals.get(`${(0,_object_js__WEBPACK_IMPORTED_MODULE_0__/* .groupOf */ .F8)(need)} ${need.kind}`);
        return resource === undefined ? need : { ...need, resource };
    });
}
/** One need for all objects of a kind. */
function merged(needs) {
    const found = new Map();
    for (const need of needs) {
        const key = [need.verb, need.apiVersion, need.kind, need.subresource, need.namespace].join(' ');
        const before = found.get(key);
        found.set(key, before === undefined ? need : stronger(before, need));
    }
    return [...found.values()];
}
/** What must be wins over what may be; else the names of both, and none when one of them is about all objects. */
function stronger(a, b) {
    if (a.isOptional !== b.isOptional)
        return a.isOptional === true ? b : a;
    const { names: _names, ...about } = a;
    return a.names === undefined || b.names === undefined
        ? about
        : { ...about, names: [...new Set([...a.names, ...b.names])] };
}


/***/ })

};
