export const id = 898;
export const ids = [898];
export const modules = {

/***/ 8898:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  findWarnings: () => (/* binding */ findWarnings)
});

// EXTERNAL MODULE: ./packages/image/build/reference.js
var build_reference = __webpack_require__(6253);
// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
// EXTERNAL MODULE: ./packages/k8s/build/object.js
var build_object = __webpack_require__(8330);
// EXTERNAL MODULE: ./packages/k8s/build/pod-template.js
var pod_template = __webpack_require__(1173);
;// CONCATENATED MODULE: ./packages/k8s/build/checks/unavailable.js

/** How many of the replicas a rollout may take away at once, rounded as the controllers do it. */
function unavailableAtOnce({ kind, spec = {} }, replicas) {
    if (kind === 'StatefulSet') {
        const rolling = rollingUpdate(spec.updateStrategy);
        return Math.max(1, resolve(rolling.maxUnavailable ?? 1, replicas, Math.floor));
    }
    const rolling = rollingUpdate(spec.strategy);
    const away = resolve(rolling.maxUnavailable ?? '25%', replicas, Math.floor);
    const surge = resolve(rolling.maxSurge ?? '25%', replicas, Math.ceil);
    return away === 0 && surge === 0 ? 1 : Math.min(away, replicas);
}
function rollingUpdate(strategy) {
    return (0,json/* isObject */.Gv)(strategy) && (0,json/* isObject */.Gv)(strategy.rollingUpdate) ? strategy.rollingUpdate : {};
}
function resolve(value, total, round) {
    if ((0,json/* isInteger */.Fq)(value))
        return value;
    const share = (0,json/* isString */.Kg)(value) ? /^(\d+)%$/.exec(value) : null;
    return share === null ? 0 : round((total * Number(share[1])) / 100);
}

;// CONCATENATED MODULE: ./packages/k8s/build/checks/warnings.js





/** Tried on a real cluster under load: 0 s and 1 s of it lose requests, 3 s lose none. */
const PRE_STOP_SECONDS = 3;
const DEFAULT_GRACE_SECONDS = 30;
/** A rollout keeps this share of the replicas, unless the manifest says otherwise. */
const KEPT = 0.75;
/** What in the objects will lose requests or surprise somebody: each with the line to write. Nothing of it is refused. */
function findWarnings(objects) {
    return objects.flatMap((object) => {
        const who = (0,build_object/* describeRef */.Ro)((0,build_object/* refOf */.H8)(object));
        const spec = (0,pod_template/* podSpecOf */.qz)(object);
        if (spec === undefined)
            return [];
        const serving = isServing(object, spec, objects) ? servingWarnings(object, spec, objects) : [];
        return [...serving, ...tagWarnings(spec), ...jobWarnings(object)].map(({ what, ...rest }) => ({
            what: `${who} ${what}`,
            ...rest,
        }));
    });
}
function servingWarnings(object, spec, objects) {
    return [...probeWarnings(spec), ...endWarnings(spec), ...capacityWarnings(object, objects)];
}
/** Others send requests to its pods: a Service selects them, or they name ports. Nobody waits for the pods of a Job. */
function isServing(object, spec, objects) {
    if ((0,build_object/* groupOf */.F8)(object) !== 'apps')
        return false;
    const labels = (0,pod_template/* podLabelsOf */.KP)(object);
    const selects = ({ kind, metadata, spec: service }) => {
        if (kind !== 'Service' || metadata.namespace !== object.metadata.namespace || !(0,json/* isObject */.Gv)(service?.selector))
            return false;
        const wanted = Object.entries(service.selector);
        return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
    };
    return (objects.some(selects) || (0,pod_template/* containersOf */.Mz)(spec).some(({ ports }) => (0,json/* isArrayOf */.lF)(ports, json/* isObject */.Gv) && ports.length > 0));
}
function mainContainers(spec) {
    return (0,pod_template/* containersOf */.Mz)({ containers: spec.containers });
}
function probeWarnings(spec) {
    const containers = mainContainers(spec);
    if (containers.some(({ readinessProbe }) => readinessProbe !== undefined))
        return [];
    const { name = 'app' } = containers[0] ?? {};
    return [
        {
            what: 'has no readiness probe: a pod gets requests as soon as its process runs, and a broken release looks healthy.',
            fix: `readinessProbe: { httpGet: { path: /healthz, port: 8080 }, periodSeconds: 2 }    # in the container ${name}`,
        },
    ];
}
function endWarnings(spec) {
    const waits = mainContainers(spec).map(preStopSeconds);
    const longest = Math.max(0, ...waits);
    if (longest < PRE_STOP_SECONDS) {
        const got = longest === 0 ? 'no preStop' : `a preStop of ${longest} s`;
        return [
            {
                what: `has ${got}: its pods end while others still send them requests, and those fail.`,
                fix: `lifecycle: { preStop: { sleep: { seconds: ${PRE_STOP_SECONDS} } } }    # and finish what is in flight on SIGTERM`,
            },
        ];
    }
    const grace = (0,json/* isInteger */.Fq)(spec.terminationGracePeriodSeconds)
        ? spec.terminationGracePeriodSeconds
        : DEFAULT_GRACE_SECONDS;
    if (longest === Number.POSITIVE_INFINITY || grace > longest + PRE_STOP_SECONDS)
        return [];
    return [
        {
            what: `is killed ${grace} s after it is asked to end, and its preStop takes ${longest} s of that.`,
            fix: `terminationGracePeriodSeconds: ${longest + DEFAULT_GRACE_SECONDS}`,
        },
    ];
}
/** Infinite when it is a command or a request, whose time nobody knows. */
function preStopSeconds({ lifecycle }) {
    const preStop = (0,json/* isObject */.Gv)(lifecycle) ? lifecycle.preStop : undefined;
    if (!(0,json/* isObject */.Gv)(preStop))
        return 0;
    if (!(0,json/* isObject */.Gv)(preStop.sleep))
        return Number.POSITIVE_INFINITY;
    return (0,json/* isInteger */.Fq)(preStop.sleep.seconds) ? preStop.sleep.seconds : 0;
}
function capacityWarnings(object, objects) {
    const { kind, spec = {}, metadata } = object;
    if (kind === 'DaemonSet')
        return [];
    const replicas = (0,json/* isInteger */.Fq)(spec.replicas) ? spec.replicas : 1;
    const isScaled = objects.some(({ kind: other, spec: scaler }) => other === 'HorizontalPodAutoscaler' &&
        (0,json/* isObject */.Gv)(scaler?.scaleTargetRef) &&
        scaler.scaleTargetRef.name === metadata.name);
    const single = {
        what: 'has one replica: when its pod or node fails, nobody serves until another one is ready.',
        fix: 'replicas: 2',
    };
    const found = replicas === 1 && !isScaled ? [single] : [];
    if ((0,json/* isObject */.Gv)(spec.strategy) && spec.strategy.type === 'Recreate') {
        const what = 'stops all its pods before the first new one starts: nobody serves in between.';
        return [...found, { what, got: 'strategy: { type: Recreate }', fix: 'strategy: { type: RollingUpdate }' }];
    }
    const away = unavailableAtOnce(object, replicas);
    if (replicas < 1 || (replicas - away) / replicas >= KEPT || (kind === 'StatefulSet' && away <= 1))
        return found;
    return [
        ...found,
        {
            what: `loses ${away} of its ${replicas} replicas at once during a rollout.`,
            got: JSON.stringify(spec.strategy ?? spec.updateStrategy),
            fix: `${kind === 'StatefulSet' ? 'updateStrategy' : 'strategy'}: { rollingUpdate: { maxUnavailable: ${kind === 'StatefulSet' ? 1 : 0} } }`,
        },
    ];
}
function tagWarnings(spec) {
    return (0,pod_template/* containersOf */.Mz)(spec).flatMap(({ name, image }) => {
        const reference = (0,json/* isString */.Kg)(image) ? (0,build_reference/* parseReference */.F2)(image) : undefined;
        if (reference === undefined || 'what' in reference || reference.digest !== undefined)
            return [];
        return [
            {
                what: `takes the image of its container ${name} by a tag, which can stand for something else tomorrow.`,
                got: String(image),
                fix: `container:${name}=${reference.registry}/${reference.path}@sha256:...    # a line of the input "images"`,
            },
        ];
    });
}
function jobWarnings({ kind, spec }) {
    const ttl = spec?.ttlSecondsAfterFinished;
    if (kind !== 'Job' || !(0,json/* isInteger */.Fq)(ttl))
        return [];
    const what = `is deleted ${ttl} s after its end: nobody knows then that it has run, and it may run again.`;
    return [{ what, got: `ttlSecondsAfterFinished: ${ttl}`, fix: 'remove the line; old Jobs go with their release' }];
}


/***/ })

};
