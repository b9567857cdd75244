export const id = 99;
export const ids = [99];
export const modules = {

/***/ 6253:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F2: () => (/* binding */ parseReference),
/* harmony export */   ve: () => (/* binding */ isSameRepository)
/* harmony export */ });
/* unused harmony exports TAG_RULE, IMAGE_RULE, REPOSITORY_RULE, isTag, parseRepository, formatReference, baseName */
/* harmony import */ var _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2098);

const TAG_RULE = 'letters, digits, "_", "." and "-", not starting with "." or "-", at most 128';
const IMAGE_RULE = '[host[:port]/]name[:tag][@sha256:...], the name in small letters, digits and single ".", "_", "/" or "-" between them';
const REPOSITORY_RULE = '[host[:port]/]name without tag and digest, the name in letters, digits and single ".", "_", "/" or "-" between them';
const DEFAULT_REGISTRY = 'docker.io';
const DEFAULT_FOLDER = 'library/';
const LONGEST_NAME = 255;
const TAG = /^\w[\w.-]{0,127}$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`);
/** A repository of this name could not be told from the id of an image. */
const ID = /^[0-9a-f]{64}$/;
function isTag(text) {
    return TAG.test(text);
}
/** Reads a reference by the grammar of github.com/distribution/reference, with its defaults for Docker Hub. */
function parseReference(text) {
    const [named = '', digest, ...more] = text.split('@');
    if (more.length > 0 || (digest !== undefined && !(0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(digest)))
        return wrong(text, digestHint(digest));
    // A colon after the last slash starts the tag; one before it belongs to the host.
    const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
    const [name, tag] = colon < 0 ? [named, undefined] : [named.slice(0, colon), named.slice(colon + 1)];
    if (tag !== undefined && !isTag(tag))
        return wrong(text, `a tag is ${TAG_RULE}`);
    const repository = spelledOut(name);
    if (repository === undefined)
        return wrong(text, inSmallLetters(text, name));
    return { ...repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}
/** Reads the name of a repository: a reference with neither tag nor digest. */
function parseRepository(text) {
    const reference = parseReference(text);
    if ('what' in reference)
        return reference;
    const { registry, path, tag, digest } = reference;
    if (tag === undefined && digest === undefined)
        return { registry, path };
    return {
        what: 'The name of an image repository has a tag or digest.',
        got: text,
        allowed: REPOSITORY_RULE,
        fix: `${registry}/${path}`,
    };
}
/** The one spelling that every tool understands the same way; `parseReference` reads it back. */
function formatReference({ registry, path, tag, digest }) {
    return `${registry}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
/** The last part of the name: `shop` of `registry:5000/acme/shop`. */
function baseName({ path }) {
    return path.slice(path.lastIndexOf('/') + 1);
}
function isSameRepository(a, b) {
    return a.registry === b.registry && a.path === b.path;
}
function spelledOut(name) {
    if (ID.test(name))
        return undefined;
    const slash = name.indexOf('/');
    const first = slash < 0 ? '' : name.slice(0, slash);
    const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
    // A bare word with capitals is a host only by them.
    const host = /[.:]/.test(first) ? first.toLowerCase() : first;
    const registry = isHost && host !== 'index.docker.io' ? host : DEFAULT_REGISTRY;
    const rest = isHost ? name.slice(slash + 1) : name;
    const path = registry === DEFAULT_REGISTRY && !rest.includes('/') ? `${DEFAULT_FOLDER}${rest}` : rest;
    const valid = HOST.test(registry) && path.split('/').every((component) => COMPONENT.test(component));
    return valid && `${registry}/${path}`.length <= LONGEST_NAME ? { registry, path } : undefined;
}
function wrong(text, hint) {
    const problem = { what: 'This is no reference of an image.', got: JSON.stringify(text), allowed: IMAGE_RULE };
    return hint === undefined ? problem : { ...problem, fix: hint };
}
function digestHint(digest) {
    return digest?.startsWith('sha256:') === true
        ? 'a digest is sha256: and 64 hexadecimal digits in small letters'
        : 'only digests by sha256 are understood, one in a reference';
}
/** The line to write when capitals are all that is wrong. */
function inSmallLetters(text, name) {
    const small = name.toLowerCase();
    return spelledOut(small) === undefined ? undefined : text.replace(name, small);
}


/***/ }),

/***/ 3099:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runOnCluster: () => (/* binding */ runOnCluster)
});

// EXTERNAL MODULE: ./packages/effects/build/files.js + 1 modules
var files = __webpack_require__(9028);
// EXTERNAL MODULE: ./packages/k8s/build/client.js + 3 modules
var client = __webpack_require__(5456);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./packages/kernel/build/errors.js
var errors = __webpack_require__(1525);
// EXTERNAL MODULE: ./packages/rollout/build/execute.js + 20 modules
var execute = __webpack_require__(6445);
// EXTERNAL MODULE: ./packages/k8s/build/changes.js
var changes = __webpack_require__(9612);
// EXTERNAL MODULE: ./packages/effects/build/clock.js
var build_clock = __webpack_require__(193);
// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
// EXTERNAL MODULE: ./packages/kernel/build/parallel.js
var parallel = __webpack_require__(9369);
// EXTERNAL MODULE: ./packages/k8s/build/api.js
var build_api = __webpack_require__(8041);
// EXTERNAL MODULE: ./packages/k8s/build/manifests/order.js
var order = __webpack_require__(7884);
// EXTERNAL MODULE: ./packages/k8s/build/object.js
var build_object = __webpack_require__(8330);
// EXTERNAL MODULE: ./packages/k8s/build/apply/autoscalers.js
var autoscalers = __webpack_require__(686);
// EXTERNAL MODULE: ./packages/k8s/build/apply/refusals.js
var refusals = __webpack_require__(9273);
// EXTERNAL MODULE: ./packages/k8s/build/apply/take-over.js
var take_over = __webpack_require__(1858);
;// CONCATENATED MODULE: ./packages/k8s/build/apply/apply-all.js










const AT_ONCE = 8;
const DEFINED_MS = 30_000;
const POLL_MS = 50;
/**
 * Server-side apply of all objects in the order of their kinds; objects of one rank at the same time. The replicas of
 * what an autoscaler scales are left to it. A rank with a refusal is the last one: all its refusals come in one
 * UserError. With `dryRun` the server answers as if, and changes nothing.
 */
async function applyAll(objects, options, ports) {
    const { api, signal } = ports;
    // Before the replicas are looked at: whose they are depends on it.
    if (options.force === true && options.dryRun !== true)
        await together(objects, (object) => (0,take_over/* takeOver */.w)(object, api));
    const wanted = await (0,autoscalers/* respectAutoscalers */.N)(objects, api);
    const ranks = [...new Set(wanted.map(order/* rankOf */.IQ))].toSorted((a, b) => a - b);
    const applied = [];
    for (const rank of ranks) {
        (0,build_clock/* throwIfAborted */.Te)(signal);
        const group = wanted.filter((object) => (0,order/* rankOf */.IQ)(object) === rank);
        const done = await together(group, async (object) => ({
            wanted: object,
            answer: await api.apply(object, options),
        }));
        applied.push(...done);
        if (options.dryRun !== true)
            await kindsDefined(group, ports);
    }
    return applied;
}
/** Some at a time; all that the server refuses comes in one UserError. */
async function together(objects, work) {
    const problems = [];
    const settled = await (0,parallel/* settleAll */.j)(objects, AT_ONCE, async (object) => await explained(object, work, problems));
    const done = settled.flatMap((result) => {
        if (result.status === 'rejected')
            throw result.reason;
        return result.value;
    });
    if (problems.length > 0)
        throw new errors/* UserError */.yo(problems);
    return done;
}
async function explained(object, work, problems) {
    try {
        return [await work(object)];
    }
    catch (thrown) {
        if (!(thrown instanceof build_api/* ApiRefusal */.n))
            throw thrown;
        problems.push((0,refusals/* explainRefusal */.G)((0,build_object/* refOf */.H8)(object), thrown));
        return [];
    }
}
/** A custom resource is taken only some moments after its definition. */
async function kindsDefined(objects, { api, clock, signal }) {
    const deadline = clock.monotonic() + DEFINED_MS;
    for (const definition of objects.filter(({ kind }) => kind === 'CustomResourceDefinition')) {
        for (const [apiVersion, kind] of kindsOf(definition)) {
            while ((await api.isNamespaced(apiVersion, kind)) === undefined) {
                if (clock.monotonic() > deadline) {
                    throw (0,errors/* userError */.IF)(`The cluster does not serve ${kind} of ${apiVersion}, ${DEFINED_MS / 1_000} s after its definition.`, `look at its conditions: kubectl describe crd ${definition.metadata.name}`);
                }
                await clock.sleep(POLL_MS, signal);
            }
        }
    }
}
function kindsOf({ spec }) {
    const kind = (0,json/* isObject */.Gv)(spec?.names) ? spec.names.kind : undefined;
    if (!(0,json/* isString */.Kg)(kind) || !(0,json/* isString */.Kg)(spec?.group) || !(0,json/* isArrayOf */.lF)(spec.versions, json/* isObject */.Gv))
        return [];
    const { group, versions } = spec;
    const served = versions
        .filter((version) => version.served === true)
        .flatMap(({ name }) => ((0,json/* isString */.Kg)(name) ? [name] : []));
    return served.map((version) => [`${group}/${version}`, kind]);
}

;// CONCATENATED MODULE: ./packages/k8s/build/apply/run-jobs.js






/**
 * Runs a Job to its end, once: one that is complete is left alone, one that runs is waited for, and one that failed
 * before is deleted and runs again. Ends early only by the signal.
 */
async function runJob(job, ports) {
    const { api, log } = ports;
    const ref = (0,build_object/* refOf */.H8)(job);
    const before = endOf(await api.get(ref));
    if (before?.kind === 'complete') {
        log.info(`${(0,build_object/* describeRef */.Ro)(ref)} has run already.`);
        return { ...before, now: false };
    }
    if (before?.kind === 'failed') {
        log.info(`${(0,build_object/* describeRef */.Ro)(ref)} failed before (${before.reason}); it runs again.`);
        const { uid } = before.job.metadata;
        await api.remove(ref, { propagation: 'Background', ...(uid === undefined ? {} : { uid }) });
    }
    const running = await start(job, ports);
    ports.started?.(running);
    return await untilEnd(running, ref, ports);
}
async function start(job, { api }) {
    try {
        return await api.apply(job, { force: true });
    }
    catch (thrown) {
        if (thrown instanceof build_api/* ApiRefusal */.n)
            throw new errors/* UserError */.yo((0,refusals/* explainRefusal */.G)((0,build_object/* refOf */.H8)(job), thrown));
        throw thrown;
    }
}
async function untilEnd({ metadata }, ref, { api, signal }) {
    const over = new AbortController();
    const query = {
        apiVersion: ref.apiVersion,
        kind: ref.kind,
        fieldSelector: `metadata.name=${ref.name}`,
        ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
    };
    try {
        for await (const seen of api.watch(query, AbortSignal.any([signal, over.signal]))) {
            const current = 'items' in seen ? seen.items[0] : seen.type === 'BOOKMARK' ? 'quiet' : seen.object;
            if (current === 'quiet')
                continue;
            const isGone = current === undefined || current.metadata.uid !== metadata.uid;
            if (isGone || ('type' in seen && seen.type === 'DELETED'))
                throw deleted(ref);
            const end = endOf(current);
            if (end !== undefined)
                return end;
        }
    }
    finally {
        over.abort();
    }
    (0,build_clock/* throwIfAborted */.Te)(signal);
    throw new Error(`the watch of ${(0,build_object/* describeRef */.Ro)(ref)} ended`);
}
function endOf(job) {
    const conditions = job?.status?.conditions;
    if (job === undefined || !(0,json/* isArrayOf */.lF)(conditions, json/* isObject */.Gv))
        return undefined;
    const held = (type) => conditions.find((condition) => condition.type === type && condition.status === 'True');
    if (held('Complete') !== undefined)
        return { kind: 'complete', job, now: true };
    // FailureTarget comes as soon as it is decided; Failed only when the last pod is gone.
    const failed = held('Failed') ?? held('FailureTarget');
    if (failed === undefined)
        return undefined;
    return { kind: 'failed', job, reason: textOf(failed.reason), message: textOf(failed.message) };
}
function textOf(value) {
    return (0,json/* isString */.Kg)(value) ? value : '';
}
function deleted(ref) {
    return new errors/* UserError */.yo({
        what: `${(0,build_object/* describeRef */.Ro)(ref)} was deleted while it ran.`,
        fix: 'look who deletes it; it runs again with the next run',
    });
}

// EXTERNAL MODULE: ./packages/k8s/build/plan/compare.js + 2 modules
var compare = __webpack_require__(3164);
// EXTERNAL MODULE: ./packages/kernel/build/duration.js
var duration = __webpack_require__(8658);
;// CONCATENATED MODULE: ./packages/k8s/build/rollout/bell.js

function createBell(clock) {
    let rung = new AbortController();
    return {
        ring: () => rung.abort(),
        async wait(ms, signal) {
            await clock.sleep(ms, AbortSignal.any([signal, rung.signal])).catch(() => { });
            (0,build_clock/* throwIfAborted */.Te)(signal);
            rung = new AbortController();
        },
    };
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/fields.js

/** Reads of live objects: what the API left out is empty, as it means it. */
function at(value, ...path) {
    return path.reduce((inner, key) => ((0,json/* isObject */.Gv)(inner) ? inner[key] : undefined), value);
}
/** A count of a status; the API leaves out 0. */
function countAt(value, ...path) {
    const found = at(value, ...path);
    return typeof found === 'number' ? found : 0;
}
function textAt(value, ...path) {
    const found = at(value, ...path);
    return (0,json/* isString */.Kg)(found) ? found : '';
}
function listAt(value, ...path) {
    const found = at(value, ...path);
    return Array.isArray(found) ? found.filter(json/* isObject */.Gv) : [];
}
/** Labels, selectors and the like. */
function wordsAt(value, ...path) {
    const found = at(value, ...path);
    if (!(0,json/* isObject */.Gv)(found))
        return {};
    return Object.fromEntries(Object.entries(found).flatMap(([key, word]) => ((0,json/* isString */.Kg)(word) ? [[key, word]] : [])));
}
/** The condition of that type when it is `True`, or what `status` says. */
function conditionOf(object, type, status = 'True') {
    return listAt(object, 'status', 'conditions').find((each) => each.type === type && each.status === status);
}
/** Whether the selector is not empty and every label of it is there. */
function selects(selector, labels) {
    const wanted = Object.entries(selector);
    return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/hints.js
/** What to do next, as far as the cause alone tells. */
const HINTS = {
    quota: 'Ask for less, or have the quota raised.',
    'volume-claim': 'Apply the claim with the rest, or correct its name or its storageClassName.',
    unschedulable: 'Ask for less, or add a node that fits.',
    image: 'Push that image, or correct the reference; if it is there, the pod needs imagePullSecrets.',
    config: 'Apply it with the rest, or correct the name.',
    mount: 'Apply it with the rest, or correct the name.',
    start: 'Correct the command of the container, or its image.',
    'out-of-memory': 'Raise resources.limits.memory, or let it use less.',
    liveness: 'Correct the probe, or give the application more time with a startupProbe.',
    probe: 'Correct the probe or what answers it, or allow more time.',
};

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/log-keeper.js

/** What is read of a log at most. */
const LOG_LINES = 50;
function createLogKeeper(api) {
    const asked = new Set();
    const texts = new Map();
    return {
        keep(findings) {
            for (const finding of findings) {
                const { subject, container, log, what } = finding;
                // the words say which end of the container it is about
                const end = `${placeOf(finding)} ${what}`;
                if (container === undefined || log === undefined || asked.has(end))
                    continue;
                asked.add(end);
                const before = texts.get(placeOf(finding)) ?? Promise.resolve(undefined);
                const read = api.logs((0,build_object/* refOf */.H8)(subject), container, { lines: LOG_LINES, previous: log === 'previous' });
                texts.set(placeOf(finding), read.catch(() => before));
            }
        },
        kept: (finding) => texts.get(placeOf(finding)) ?? Promise.resolve(undefined),
    };
}
function placeOf({ subject, container = '' }) {
    return `${subject.metadata.uid} ${container}`;
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/scene.js



/** What to wait for after a write, from its answer. */
function awaitedOf(written) {
    const { uid, generation = 0 } = written.metadata;
    return { ref: (0,build_object/* refOf */.H8)(written), generation, ...(uid === undefined ? {} : { uid }) };
}
/** Picks what belongs to one workload. */
function sceneOf(seen, live) {
    const { workload } = seen;
    const replicaSets = (live('ReplicaSet') ?? []).filter(ownedBy(workload));
    const pods = workload.kind === 'Pod' ? [workload] : (live('Pod') ?? []).filter(ownedBy(workload, ...replicaSets));
    const allSlices = live('EndpointSlice');
    const services = allSlices === undefined ? [] : (live('Service') ?? []).filter((service) => isFor(service, pods));
    const names = new Set(services.map(({ metadata }) => metadata.name));
    const uids = new Set([workload, ...replicaSets, ...pods].map(({ metadata }) => metadata.uid));
    const claims = new Set(pods.flatMap(claimsOf));
    return {
        ...seen,
        replicaSets,
        revisions: (live('ControllerRevision') ?? []).filter(ownedBy(workload)),
        pods,
        services,
        slices: (allSlices ?? []).filter((slice) => names.has(serviceOf(slice))),
        events: (live('Event') ?? [])
            .filter((event) => uids.has(textAt(event, 'involvedObject', 'uid')) || claims.has(claimIn(event)))
            .toSorted((a, b) => eventTime(a) - eventTime(b)),
    };
}
/** The volume claims that a pod names. */
function claimsOf(pod) {
    return listAt(pod, 'spec', 'volumes').flatMap((volume) => {
        if (at(volume, 'ephemeral') !== undefined)
            return [`${pod.metadata.name}-${textAt(volume, 'name')}`];
        const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
        return claim === '' ? [] : [claim];
    });
}
function serviceOf(slice) {
    return slice.metadata.labels?.['kubernetes.io/service-name'] ?? '';
}
/** When it was last seen, in milliseconds since the epoch, by the cluster's clock. */
function eventTime(event) {
    const told = [
        textAt(event, 'series', 'lastObservedTime'),
        textAt(event, 'lastTimestamp'),
        textAt(event, 'eventTime'),
        textAt(event, 'metadata', 'creationTimestamp'),
    ].find((text) => text !== '');
    return timeOf(told ?? '');
}
/** When we last wrote the object, by the server's clock, to the second; undefined when we never did. */
function writtenAt(workload) {
    const times = listAt(workload, 'metadata', 'managedFields')
        .filter((entry) => entry.manager === client/* FIELD_MANAGER */.vy && textAt(entry, 'subresource') === '')
        .map((entry) => timeOf(textAt(entry, 'time')));
    return times.length === 0 ? undefined : Math.max(...times);
}
function isTerminating({ metadata }) {
    return metadata.deletionTimestamp !== undefined;
}
function isReady(pod) {
    return !isTerminating(pod) && conditionOf(pod, 'Ready') !== undefined;
}
function timeOf(text) {
    const time = Date.parse(text);
    return Number.isNaN(time) ? 0 : time;
}
function ownedBy(...owners) {
    const uids = new Set(owners.map(({ metadata }) => metadata.uid));
    return ({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uids.has(uid)) === true;
}
function isFor(service, pods) {
    const selector = wordsAt(service, 'spec', 'selector');
    return pods.some(({ metadata }) => selects(selector, metadata.labels ?? {}));
}
function claimIn(event) {
    return textAt(event, 'involvedObject', 'kind') === 'PersistentVolumeClaim'
        ? textAt(event, 'involvedObject', 'name')
        : '';
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/explain.js






const EVENTS = 10;
/** Nodes that are cut off never answer. */
const LOG_MS = 2_000;
/** `how` says in a few words how the wait ended; the first finding is the cause, as far as there is one. */
async function explain({ awaited, events }, how, findings, ports) {
    const { ref } = awaited;
    const [first] = findings;
    const began = `${(0,build_object/* describeRef */.Ro)(ref)} ${how}`;
    if (first === undefined)
        return { ref, what: `${began}.`, lastLines: [], events: eventLines(events) };
    const same = new Set(findings.filter(({ cause }) => cause === first.cause).map(({ subject }) => subject.metadata.uid));
    const more = same.size > 1 ? ` So it is with ${same.size - 1} more of its pods.` : '';
    const { note, lastLines } = await readLog(first, ports);
    const own = events.filter((event) => textAt(event, 'involvedObject', 'uid') === first.subject.metadata.uid);
    const hint = HINTS[first.cause] === undefined ? '' : ` ${HINTS[first.cause]}`;
    return { ref, what: `${began}: ${first.what}${more}${note}${hint}`, lastLines, events: eventLines(own) };
}
async function readLog(finding, ports) {
    if (finding.log === undefined || finding.container === undefined)
        return { note: '', lastLines: [] };
    try {
        const lastLines = (await lastWords(finding, finding.container, ports))
            .split('\n')
            .filter((line) => line !== '')
            .slice(-LOG_LINES);
        return { note: lastLines.length === 0 ? ' It wrote no log.' : '', lastLines };
    }
    catch (cause) {
        return { note: ` Its log cannot be read: ${(0,errors/* messageOf */.bD)(cause)}.`, lastLines: [] };
    }
}
async function lastWords(finding, container, { api, clock, kept }) {
    const { subject, log } = finding;
    const over = new AbortController();
    const late = clock.sleep(LOG_MS, over.signal).then(() => Promise.reject(new Error('the node does not answer')));
    try {
        const asked = api.logs((0,build_object/* refOf */.H8)(subject), container, { lines: LOG_LINES, previous: log === 'previous' });
        return await Promise.race([asked, late]);
    }
    catch (cause) {
        const text = await Promise.race([kept?.(finding), late]).catch(() => undefined);
        if (text === undefined)
            throw cause;
        return text;
    }
    finally {
        over.abort();
        late.catch(() => { });
    }
}
/** Of those that tell the same of the same object again and again, the last one. */
function eventLines(events) {
    const last = new Map();
    for (const event of events.filter(({ type }) => type === 'Warning')) {
        const key = `${textAt(event, 'involvedObject', 'uid')} ${textAt(event, 'reason')} ${pattern(event)}`;
        last.delete(key);
        last.set(key, event);
    }
    return [...last.values()].slice(-EVENTS).map((event) => {
        const about = `${textAt(event, 'involvedObject', 'kind')} ${textAt(event, 'involvedObject', 'name')}`;
        const count = countAt(event, 'count');
        const times = count > 1 ? ` (${count} times)` : '';
        const time = new Date(eventTime(event)).toISOString().slice(11, 19);
        return `${time} ${about}: ${textAt(event, 'reason')}: ${textAt(event, 'message').trim()}${times}`;
    });
}
/** The message without names that were made up for it. */
function pattern(event) {
    return textAt(event, 'message')
        .replace('(combined from similar events): ', '')
        .replaceAll(/"[^"]*"/g, '');
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/failure.js


/** At least one workload did not get ready; each trouble is about one of them. */
class RolloutFailure extends Error {
    name = 'RolloutFailure';
    troubles;
    constructor(troubles) {
        super(troubles.map(({ what }) => what).join('\n'));
        this.troubles = troubles;
    }
}
/** Explained: what nobody can cure any more comes first. `timeoutMs` when it is the time that is over. */
async function failureOf(looks, isDue, timeoutMs, ports) {
    const troubles = looks.map(({ scene, readiness, findings }) => {
        const how = readiness.kind === 'failed'
            ? `cannot be rolled out: ${readiness.why}`
            : timeoutMs === undefined
                ? `cannot be rolled out (${readiness.why})`
                : `was not ready within ${(0,duration/* formatDuration */.a3)(timeoutMs)} (${readiness.why})`;
        return explain(scene, how, [...findings.filter(isDue), ...findings.filter((each) => !isDue(each))], ports);
    });
    return new RolloutFailure(await Promise.all(troubles));
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/finding.js
/** Kinds of causes; an earlier one is nearer to the root than a later one. */
const CAUSES = [
    'webhook',
    'quota',
    'create',
    'volume-claim',
    'unschedulable',
    'image',
    'config',
    'mount',
    'start',
    'out-of-memory',
    'liveness',
    'crash',
    'probe',
    'gate',
    'node',
    'sandbox',
    'evicted',
];
/** Nothing in the cluster changes it. */
const finding_AT_ONCE = 0;
/** What was applied at the same time, or a controller, may bring what is missing. */
const CURABLE_MS = 2_000;
/** Pods on their way out may make room, and the scheduler tries again within 10 s. */
const ROOM_MS = 12_000;
/** Another server did not answer; the kubelet tries again after 10 s. */
const PASSING_MS = 20_000;
/** A controller comes back, after longer and longer pauses, to what was refused before there was room. */
const RETRY_MS = 60_000;
/** An autoscaler looks around every 10 s, and says so. */
const SCALING_MS = 30_000;
const NEVER = Number.POSITIVE_INFINITY;
/** The same trouble of the same pod; a clock that runs for it starts anew when its patience changes. */
function findingKey({ cause, subject, container = '', terminalAfterMs }) {
    return [subject.metadata.uid, container, cause, terminalAfterMs].join(' ');
}
/** `pod web-abc`, `ReplicaSet web`, within a sentence. */
function named({ kind, metadata }) {
    return `${kind === 'Pod' ? 'pod' : kind} ${metadata.name}`;
}
/** A message of the cluster as the end of a sentence. */
function sentence(text) {
    return `${text.trim().replace(/\.$/, '')}.`;
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/live.js


/** Which kinds tell how far these workloads are. */
function kindsFor(awaited) {
    const kinds = new Map();
    const add = (apiVersion, kind, isOptional = false) => void kinds.set(kind, { apiVersion, kind, isOptional });
    for (const { ref } of awaited) {
        add(ref.apiVersion, ref.kind);
        if (ref.kind === 'Deployment')
            add('apps/v1', 'ReplicaSet');
        if (ref.kind === 'DaemonSet')
            add('apps/v1', 'ControllerRevision', true);
        if (ref.kind === 'Job')
            continue;
        add('v1', 'Service', true);
        add('discovery.k8s.io/v1', 'EndpointSlice', true);
    }
    add('v1', 'Pod');
    add('v1', 'Event', true);
    return [...kinds.values()];
}
/** Watches some kinds in one namespace. */
function viewNamespace(namespace, kinds, ports) {
    const found = new Map();
    const departed = new Map();
    const refused = new Set();
    const place = namespace === undefined ? {} : { namespace };
    const over = Promise.all(kinds.map((kind) => follow(kind, { apiVersion: kind.apiVersion, kind: kind.kind, ...place })));
    async function follow({ kind, isOptional }, query) {
        try {
            for await (const seen of ports.api.watch(query, ports.signal)) {
                if ('items' in seen)
                    relist(kind, seen.items);
                else if (seen.type === 'DELETED')
                    depart(seen.object);
                else if (seen.type !== 'BOOKMARK')
                    found.get(kind)?.set(seen.object.metadata.name, seen.object);
                ports.changed();
            }
        }
        catch (thrown) {
            if (!isOptional || !(thrown instanceof build_api/* ApiRefusal */.n))
                throw thrown;
            ports.log.warning(`The rollout is watched without objects of kind ${kind}: ${(0,errors/* messageOf */.bD)(thrown)}`);
            refused.add(kind);
            ports.changed();
        }
    }
    function relist(kind, items) {
        const before = found.get(kind);
        const now = new Map(items.map((object) => [object.metadata.name, object]));
        for (const [name, object] of before ?? [])
            if (!now.has(name))
                depart(object);
        found.set(kind, now);
    }
    function depart(object) {
        found.get(object.kind)?.delete(object.metadata.name);
        departed.set(keyOf(object.kind, object.metadata.name), object);
    }
    return {
        live: (kind) => (refused.has(kind) ? undefined : [...(found.get(kind)?.values() ?? [])]),
        last({ kind, name }) {
            const object = found.get(kind)?.get(name);
            if (object !== undefined)
                return { object, gone: false };
            const before = departed.get(keyOf(kind, name));
            return before === undefined ? undefined : { object: before, gone: true };
        },
        departed: (kind) => [...departed.values()].filter((object) => object.kind === kind),
        isComplete: () => kinds.every(({ kind }) => found.has(kind) || refused.has(kind)),
        over,
    };
}
/** The same, as it is now. */
async function viewOnce(namespace, kinds, api) {
    const place = namespace === undefined ? {} : { namespace };
    const lists = kinds.map(async ({ apiVersion, kind, isOptional }) => {
        const listed = api.list({ apiVersion, kind, ...place });
        return [kind, await (isOptional ? listed.catch(unlessRefused) : listed)];
    });
    const found = new Map(await Promise.all(lists));
    const live = (kind) => (found.has(kind) ? found.get(kind)?.items : []);
    return {
        live,
        departed: () => [],
        last({ kind, name }) {
            const object = live(kind)?.find(({ metadata }) => metadata.name === name);
            return object && { object, gone: false };
        },
    };
}
function unlessRefused(thrown) {
    if (!(thrown instanceof build_api/* ApiRefusal */.n))
        throw thrown;
}
function keyOf(kind, name) {
    return `${kind} ${name}`;
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/containers.js


const IMAGE = new Set([
    'ErrImagePull',
    'ImagePullBackOff',
    'InvalidImageName',
    'ErrImageNeverPull',
    'ImageInspectError',
]);
/** They are no matter of what the registry says. */
const SURE = new Set(['InvalidImageName', 'ErrImageNeverPull']);
const TOLD_BY_REASON = {
    ErrImageNeverPull: 'it is not on the node, and imagePullPolicy is Never',
};
const START = new Set(['CreateContainerError', 'RunContainerError']);
const NOT_STARTED = new Set(['StartError', 'ContainerCannotRun']);
/** Said of images that do not come by trying again. */
const NO_IMAGE = /not found|manifest unknown|denied|unauthorized|forbidden|\b40[134] |no match for platform|invalid reference/i;
/** Said by kubelets whose caches are late. */
const LATE_CACHE = /failed to sync|not registered|timed out/i;
/** Said of programs that can never run. */
const NO_PROGRAM = /no such file|not found|permission denied|exec format error|not a directory|is a directory/i;
const ENDS = 2;
const ENDS_WHERE_OTHERS_RUN = 3;
/** What is wrong with the containers of a pod, init containers first. */
function containerFindings(context) {
    const { pod } = context;
    const places = (list, statuses) => listAt(pod, 'status', statuses).map((status) => {
        const name = textAt(status, 'name');
        const spec = listAt(pod, 'spec', list).find((each) => each.name === name);
        const isInit = list === 'initContainers' && spec?.restartPolicy !== 'Always';
        return { ...context, name, spec, status, list, isInit };
    });
    return [...places('initContainers', 'initContainerStatuses'), ...places('containers', 'containerStatuses')].flatMap((place) => findingOf(place) ?? []);
}
function findingOf(place) {
    const { status } = place;
    const reason = textAt(status, 'state', 'waiting', 'reason');
    const message = textAt(status, 'state', 'waiting', 'message');
    if (IMAGE.has(reason))
        return noImage(place, reason, message);
    if (reason === 'CreateContainerConfigError')
        return noConfig(place, message);
    if (START.has(reason))
        return notStarted(place, message);
    const end = containers_endOf(status);
    if (end !== undefined)
        return NOT_STARTED.has(textAt(end, 'reason')) ? notStarted(place, textAt(end, 'message')) : ended(place, end);
    return at(status, 'state', 'running') === undefined ? undefined : notReady(place);
}
function noImage(place, reason, message) {
    const { provedElsewhere, status } = place;
    const event = lastEvent(place, 'Failed', /^Failed to pull image/);
    const told = TOLD_BY_REASON[reason] ?? (tidy(message) || tidy(textAt(event, 'message')) || reason);
    const image = textAt(place.spec, 'image') || textAt(status, 'image');
    const words = told.replaceAll(/"[^"]*"/g, '').replaceAll(image, '');
    const isSure = SURE.has(reason) || NO_IMAGE.test(words);
    return finding(place, {
        cause: 'image',
        what: sentence(`${container(place)} cannot get its image ${image}: ${told}`),
        terminalAfterMs: isSure && !provedElsewhere ? finding_AT_ONCE : PASSING_MS,
    });
}
/** Without what each layer of the container runtime puts around the reason. */
function tidy(message) {
    const wrappers = [
        /^Back-off pulling image "[^"]*"(?:: )?/,
        /^Failed to pull image "[^"]*": /,
        /^\w+: (?=rpc error|failed to)/,
        /^rpc error: code = \w+ desc = /,
        /^failed to pull and unpack image "[^"]*": /,
        /^failed to resolve (?:reference|image) "[^"]*": /,
    ];
    return wrappers.reduce((text, wrapper) => text.replace(wrapper, ''), message);
}
function noConfig(place, message) {
    return finding(place, {
        cause: 'config',
        what: sentence(`${container(place)} cannot be created: ${message}`),
        terminalAfterMs: LATE_CACHE.test(message) ? NEVER : CURABLE_MS,
    });
}
function notStarted(place, message) {
    // The runtime's own layers say nothing to people: the last one has the reason.
    const told = message.replace(/^.*unable to start container process: /, '').replace(/: unknown$/, '');
    return finding(place, {
        cause: 'start',
        what: sentence(`${container(place)} cannot be started: ${told}`),
        terminalAfterMs: NO_PROGRAM.test(message) ? finding_AT_ONCE : PASSING_MS,
    });
}
/** How its last run ended, when that is why it does not run, or not yet well. */
function containers_endOf(status) {
    if (status.ready === true)
        return undefined;
    const end = at(status, 'state', 'terminated') ?? at(status, 'lastState', 'terminated');
    return end;
}
function ended(place, end) {
    const { isInit, isServer, provedElsewhere, status } = place;
    const code = countAt(end, 'exitCode');
    if (code === 0 && (isInit || !isServer))
        return undefined;
    const isRunning = at(status, 'state', 'running') !== undefined;
    const ends = countAt(status, 'restartCount') + (isRunning ? 0 : 1);
    const isOver = isServer && !isRunning && ends >= (provedElsewhere ? ENDS_WHERE_OTHERS_RUN : ENDS);
    const times = ends > 1 ? `, ${ends} times so far` : '';
    const shared = {
        terminalAfterMs: isOver ? finding_AT_ONCE : NEVER,
        log: at(status, 'state', 'terminated') === undefined ? 'previous' : 'current',
    };
    const killed = lastEvent(place, 'Killing', /failed (?:liveness|startup) probe/);
    if (killed !== undefined) {
        const probe = lastEvent(place, 'Unhealthy', /^(?:Liveness|Startup) probe/);
        const told = textAt(probe, 'message') || textAt(killed, 'message');
        const what = sentence(`${container(place)} was killed by its own probe${times}: ${told}`);
        return finding(place, { cause: 'liveness', what, ...shared });
    }
    if (end.reason === 'OOMKilled') {
        const limit = textAt(place.spec, 'resources', 'limits', 'memory');
        const most = limit === '' ? 'more memory than there is' : `more memory than its limit of ${limit}`;
        const what = `${container(place)} was killed for using ${most} (exit code ${code}${times}).`;
        return finding(place, { cause: 'out-of-memory', what, ...shared });
    }
    const never = code === 0 ? '; it has to go on running' : '';
    const ran = secondsOf(end);
    const what = `${container(place)} ended with ${describeCode(code)} after ${ran} s${times}${never}.`;
    return finding(place, { cause: 'crash', what, ...shared });
}
function notReady(place) {
    const { status } = place;
    if (status.ready === true)
        return undefined;
    const kind = status.started === false ? 'startup' : 'readiness';
    const event = lastEvent(place, 'Unhealthy', new RegExp(`^${kind} probe`, 'i'));
    const answer = textAt(event, 'message').replace(/^\w+ probe (?:failed|errored)[^:]*: /, '');
    const count = countAt(event, 'count');
    const times = count > 1 ? `failed ${count} times, the last time with` : 'failed';
    const told = event === undefined ? `its ${kind} probe has not passed` : `its ${kind} probe ${times}: ${answer}`;
    return finding(place, {
        cause: 'probe',
        what: sentence(`${container(place)} runs, but is not ready: ${told}`),
        terminalAfterMs: NEVER,
        log: 'current',
    });
}
function finding(place, found) {
    return { ...found, subject: place.pod, container: place.name };
}
function container({ name, isInit, pod }) {
    return `${isInit ? 'init container' : 'container'} ${name} of ${named(pod)}`;
}
function lastEvent({ name, list, events }, reason, message) {
    const path = `spec.${list}{${name}}`;
    return events.findLast((event) => event.reason === reason &&
        message.test(textAt(event, 'message')) &&
        textAt(event, 'involvedObject', 'fieldPath') === path);
}
function secondsOf(end) {
    const ms = Date.parse(textAt(end, 'finishedAt')) - Date.parse(textAt(end, 'startedAt'));
    return Number.isNaN(ms) ? 0 : Math.max(0, Math.round(ms / 1_000));
}
function describeCode(code) {
    const signal = SIGNALS[code];
    return signal === undefined ? `exit code ${code}` : `exit code ${code} (${signal})`;
}
const SIGNALS = {
    126: 'not executable',
    127: 'command not found',
    134: 'SIGABRT',
    137: 'SIGKILL',
    139: 'SIGSEGV',
    143: 'SIGTERM',
};

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/quantity.js
const UNITS = {
    n: 1e-9,
    u: 1e-6,
    m: 1e-3,
    '': 1,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
    E: 1e18,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    Pi: 2 ** 50,
    Ei: 2 ** 60,
};
/** A quantity of the API as a number: `500m`, `2`, `64Mi`, `1e3`. Zero when it is none. */
function amountOf(quantity) {
    const [, digits = '', unit = ''] = /^([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
    return Number(digits) * (UNITS[unit] ?? 0);
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/quota.js




/** How long a quota that is used up may still get free for this rollout. */
function quotaPatience(message, scene) {
    if (asksForMoreThanAll(message))
        return CURABLE_MS;
    if (scene.pods.some(isTerminating))
        return NEVER;
    return replacesPods(scene) ? RETRY_MS : CURABLE_MS;
}
/** `requested: pods=1,limits.memory=20Gi, used: ..., limited: ...`: no pod that goes makes room enough. */
function asksForMoreThanAll(message) {
    const amounts = (word) => {
        const [, list = ''] = new RegExp(`${word}: ([^ ]*)`).exec(message) ?? [];
        return new Map(list.split(',').map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']));
    };
    const limits = amounts('limited');
    return [...amounts('requested')].some(([name, asked]) => amountOf(asked) > amountOf(limits.get(name) ?? asked));
}
/** Whether old pods go before new ones come, so that there is room again later. */
function replacesPods({ workload, replicaSets, revisions }) {
    switch (workload.kind) {
        case 'Deployment':
            return replicaSets.length > 1 && mostUnavailable(workload) > 0;
        case 'StatefulSet':
            return textAt(workload, 'status', 'currentRevision') !== textAt(workload, 'status', 'updateRevision');
        default:
            return revisions.length > 1;
    }
}
function mostUnavailable(deployment) {
    if (at(deployment, 'spec', 'strategy', 'type') === 'Recreate')
        return countAt(deployment, 'spec', 'replicas');
    const told = at(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable');
    if (typeof told !== 'string')
        return countAt(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable');
    return Math.floor((Number.parseInt(told, 10) / 100) * countAt(deployment, 'spec', 'replicas'));
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/revision.js



const REVISION_HASH = 'controller-revision-hash';
const HASH = 'pod-template-hash';
const DEPLOYMENT_REVISION = 'deployment.kubernetes.io/revision';
/** Whether the status is about our write, and about whatever came after it; Jobs and pods do not say. */
function isObserved({ workload, awaited }) {
    if (workload.kind === 'Job' || workload.kind === 'Pod')
        return true;
    const newest = Math.max(awaited.generation, workload.metadata.generation ?? 0);
    return countAt(workload, 'status', 'observedGeneration') >= newest;
}
/** Undefined as long as it cannot be told which pods are which. */
function revisionsOf(scene) {
    const isFresh = freshness(scene);
    if (isFresh === undefined)
        return undefined;
    const living = scene.pods.filter((pod) => !isTerminating(pod));
    return { fresh: living.filter(isFresh), old: living.filter((pod) => !isFresh(pod)) };
}
/** The ReplicaSet of a Deployment's present template. */
function freshReplicaSet({ workload, replicaSets }) {
    const revision = workload.metadata.annotations?.[DEPLOYMENT_REVISION];
    return (replicaSets.find((set) => sameTemplate(at(set, 'spec', 'template'), at(workload, 'spec', 'template'))) ??
        replicaSets.find((set) => revision !== undefined && set.metadata.annotations?.[DEPLOYMENT_REVISION] === revision));
}
function freshness(scene) {
    if (!isObserved(scene))
        return undefined;
    const { workload, revisions } = scene;
    switch (workload.kind) {
        case 'Deployment': {
            const uid = freshReplicaSet(scene)?.metadata.uid;
            if (uid === undefined)
                return undefined;
            return (pod) => pod.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;
        }
        case 'StatefulSet':
            return hasHash(textAt(workload, 'status', 'updateRevision'));
        case 'DaemonSet': {
            const template = at(workload, 'spec', 'template');
            const revision = revisions.find((each) => sameTemplate(at(each, 'data', 'spec', 'template'), template));
            return hasHash(revision?.metadata.labels?.[REVISION_HASH] ?? '');
        }
        default:
            return () => true;
    }
}
function hasHash(hash) {
    return hash === '' ? undefined : (pod) => pod.metadata.labels?.[REVISION_HASH] === hash;
}
/** Controllers add a hash label and patch words to their copies, and may write null where the API leaves out. */
function sameTemplate(a, b) {
    return (0,json/* canonicalJson */.dj)(plain(a)) === (0,json/* canonicalJson */.dj)(plain(b));
}
function plain(value) {
    if (Array.isArray(value))
        return value.map(plain);
    if (!(0,json/* isObject */.Gv)(value))
        return value;
    const kept = Object.entries(value).filter(([key, item]) => item !== null && key !== HASH && key !== '$patch');
    return Object.fromEntries(kept.map(([key, item]) => [key, plain(item)]));
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/creation.js





/** What keeps a controller from creating pods: then there is nothing else to be seen of the new revision. */
function creationFindings(scene) {
    if (!isObserved(scene))
        return [];
    const refused = scene.workload.kind === 'Deployment' ? ofReplicaSet(scene) : ofController(scene);
    if (refused === undefined)
        return [];
    const { subject, message } = refused;
    const what = sentence(`${named(subject)} cannot create pods: ${message}`);
    return [{ cause: causeOf(message), subject, what, terminalAfterMs: patience(message, scene) }];
}
function causeOf(message) {
    if (/(?:exceeded|failed) quota/.test(message))
        return 'quota';
    return /admission webhook|failed calling webhook|AdmissionPolicy/.test(message) ? 'webhook' : 'create';
}
function patience(message, scene) {
    if (/failed calling webhook|timed? ?out|connection refused/i.test(message))
        return PASSING_MS;
    return causeOf(message) === 'quota' ? quotaPatience(message, scene) : CURABLE_MS;
}
/** A ReplicaSet keeps the last refusal as long as it lasts. */
function ofReplicaSet(scene) {
    const subject = freshReplicaSet(scene);
    if (subject === undefined || countAt(subject, 'status', 'replicas') >= countAt(subject, 'spec', 'replicas'))
        return undefined;
    const failure = conditionOf(subject, 'ReplicaFailure');
    return failure === undefined ? undefined : { subject, message: textAt(failure, 'message') };
}
/** Other controllers only have events: one of this rollout that no success followed, while pods are missing. */
function ofController(scene) {
    const { workload, events } = scene;
    const since = writtenAt(workload) ?? 0;
    const last = events.findLast((event) => /^(?:Failed|Successful)Create$/.test(String(event.reason)) && eventTime(event) >= since);
    if (last?.reason !== 'FailedCreate' || !lacksPods(scene))
        return undefined;
    const message = textAt(last, 'message').replace(/^(?:Error creating: |create (?:Pod|Claim) .*? failed error: )/, '');
    return { subject: workload, message };
}
function lacksPods(scene) {
    const { workload, pods } = scene;
    const fresh = revisionsOf(scene)?.fresh.length ?? 0;
    switch (workload.kind) {
        case 'StatefulSet':
            return pods.filter((pod) => !isTerminating(pod)).length < countAt(workload, 'spec', 'replicas');
        case 'DaemonSet':
            return fresh < countAt(workload, 'status', 'desiredNumberScheduled');
        default:
            return pods.length === 0;
    }
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/nodes.js


/** Clusters on one machine, where nobody adds nodes by itself. */
const LOCAL = /^(?:kind|k3s|k3d|minikube):/;
/** Whether there may be somebody who adds nodes for pods that find no place. */
function mayGrow(nodes) {
    if (nodes === undefined)
        return true;
    return nodes.map((node) => textAt(node, 'spec', 'providerID')).some((id) => id !== '' && !LOCAL.test(id));
}
/**
 * Why a node can never take a pod, however empty it were: what can be read off the two alone. Empty when it could; then
 * it is full, or other pods are in the way.
 */
function objections(node, pod) {
    const tolerations = listAt(pod, 'spec', 'tolerations');
    const taints = listAt(node, 'spec', 'taints').filter((taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((each) => tolerates(each, taint)));
    const labels = node.metadata.labels ?? {};
    const missing = Object.entries(wordsAt(pod, 'spec', 'nodeSelector')).filter(([key, value]) => labels[key] !== value);
    return [
        ...(conditionOf(node, 'Ready') === undefined ? ['is not ready'] : []),
        ...(node.spec?.unschedulable === true ? ['is cordoned'] : []),
        ...taints.map((taint) => `has the taint ${describeTaint(taint)}`),
        ...missing.map(([key, value]) => `lacks the label ${key}=${value}`),
        ...(wantsOtherLabels(pod, labels) ? ['is not one that its nodeAffinity allows'] : []),
        ...tooSmall(node, pod),
    ];
}
function tolerates(toleration, taint) {
    if (toleration.effect !== undefined && toleration.effect !== taint.effect)
        return false;
    if (toleration.operator === 'Exists')
        return toleration.key === undefined || toleration.key === taint.key;
    return toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
}
function describeTaint(taint) {
    const value = textAt(taint, 'value');
    return `${textAt(taint, 'key')}${value === '' ? '' : `=${value}`}:${textAt(taint, 'effect')}`;
}
/** Terms are alternatives, the expressions of a term belong together. */
function wantsOtherLabels(pod, labels) {
    const required = ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'];
    const terms = listAt(pod, ...required, 'nodeSelectorTerms');
    return (terms.length > 0 && !terms.some((term) => listAt(term, 'matchExpressions').every((each) => holds(each, labels))));
}
function holds(expression, labels) {
    const value = labels[textAt(expression, 'key')];
    const wanted = expression.values;
    const values = Array.isArray(wanted) ? wanted.map(String) : [];
    switch (expression.operator) {
        case 'In':
            return value !== undefined && values.includes(value);
        case 'NotIn':
            return value === undefined || !values.includes(value);
        case 'Exists':
            return value !== undefined;
        case 'DoesNotExist':
            return value === undefined;
        // Gt and Lt are for numbers that nobody else has: the scheduler knows.
        default:
            return true;
    }
}
function tooSmall(node, pod) {
    const asked = new Map();
    for (const container of listAt(pod, 'spec', 'containers')) {
        for (const [resource, text] of Object.entries(wordsAt(container, 'resources', 'requests'))) {
            const total = (asked.get(resource)?.total ?? 0) + amountOf(text);
            const before = asked.get(resource)?.text;
            asked.set(resource, { total, text: before === undefined ? text : `${before} + ${text}` });
        }
    }
    return [...asked].flatMap(([resource, { total, text }]) => {
        const has = textAt(node, 'status', 'allocatable', resource) || '0';
        return total > amountOf(has) ? [`has ${resource} ${has}, and ${text} is asked for`] : [];
    });
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/scheduling.js




const NODES_SHOWN = 8;
/** Reasons of the events by which autoscalers answer a pod that finds no place. */
const SCALERS = new Set(['TriggeredScaleUp', 'NotTriggerScaleUp', 'Nominated']);
const CLAIMS = new Set(['ProvisioningFailed', 'FailedBinding', 'ProvisioningSucceeded']);
/** Why a pod has no node yet, as the scheduler says it, and node by node where we may see them. */
function unscheduled(pod, events, scene) {
    const condition = conditionOf(pod, 'PodScheduled', 'False');
    if (condition === undefined)
        return undefined;
    if (condition.reason === 'SchedulingGated') {
        const what = `${named(pod)} has scheduling gates that nobody has taken away.`;
        return { cause: 'gate', subject: pod, what, terminalAfterMs: NEVER };
    }
    const told = withoutPreemption(textAt(condition, 'message'));
    const waiting = withoutVolumes(pod, told, scene);
    if (waiting !== undefined)
        return waiting;
    const what = `no node takes ${named(pod)}: ${sentence(told)}${perNode(pod, scene.nodes ?? [])}`;
    return { cause: 'unschedulable', subject: pod, what, terminalAfterMs: scheduling_patience(pod, events, scene) };
}
/** The second half of the scheduler's message is about what it did not do. */
function withoutPreemption(message) {
    return message.replace(/[ .,]*(?:no new claims to deallocate, *)?preemption: .*$/s, '').replace(/\. not found$/, '');
}
/** What the controllers of volumes said about its claims, and the scheduler of those that nobody spoke about. */
function withoutVolumes(pod, told, { events }) {
    const claims = new Set(claimsOf(pod));
    const about = events.findLast(({ reason, involvedObject }) => CLAIMS.has(reason) && claims.has(textAt(involvedObject, 'name')));
    const last = about?.reason === 'ProvisioningSucceeded' ? undefined : about;
    if (last === undefined && !/persistent ?volume/i.test(told))
        return undefined;
    const words = last === undefined ? told : `${textAt(last, 'involvedObject', 'name')}: ${textAt(last, 'message')}`;
    const isMissing = /" not found|no storage class/.test(words);
    return {
        cause: 'volume-claim',
        subject: pod,
        what: sentence(`${named(pod)} waits for its volumes: ${words}`),
        terminalAfterMs: isMissing ? CURABLE_MS : last !== undefined ? PASSING_MS : /unbound/.test(told) ? NEVER : ROOM_MS,
    };
}
function perNode(pod, nodes) {
    if (nodes.length === 0)
        return '';
    const shown = nodes.slice(0, NODES_SHOWN).map((node) => {
        const why = objections(node, pod);
        return `${node.metadata.name} ${why.length === 0 ? 'is full, or does not take it beside other pods' : why.join(' and ')}`;
    });
    const more = nodes.length > NODES_SHOWN ? `; and ${nodes.length - NODES_SHOWN} more` : '';
    return ` ${shown.join('; ')}${more}.`;
}
function scheduling_patience(pod, events, { nodes, pods }) {
    const answer = events.findLast(({ reason }) => SCALERS.has(reason));
    if (answer?.reason === 'NotTriggerScaleUp')
        return CURABLE_MS;
    const isMakingRoom = textAt(pod, 'status', 'nominatedNodeName') !== '' || pods.some(isTerminating);
    if (answer !== undefined || isMakingRoom)
        return NEVER;
    if (mayGrow(nodes))
        return SCALING_MS;
    return nodes?.every((node) => objections(node, pod).length > 0) === true ? CURABLE_MS : ROOM_MS;
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/pods.js



/** What keeps a pod as a whole from running. `events` are about it. */
function podFindings(pod, events, scene) {
    const found = [evicted(pod), unscheduled(pod, events, scene), ...mounts(pod, events), gate(pod), node(pod, events)];
    return found.filter((each) => each !== undefined);
}
/** Volumes and the network of a pod that is on a node, and has no container yet. */
function mounts(pod, events) {
    const isStarting = [
        ...listAt(pod, 'status', 'initContainerStatuses'),
        ...listAt(pod, 'status', 'containerStatuses'),
    ].every((status) => /^(?:ContainerCreating|PodInitializing)$/.test(textAt(status, 'state', 'waiting', 'reason')));
    if (!isStarting || textAt(pod, 'spec', 'nodeName') === '')
        return [];
    const last = events.findLast(({ reason }) => TROUBLE[String(reason)] !== undefined);
    const cause = TROUBLE[String(last?.reason)];
    if (cause === undefined)
        return [];
    const message = textAt(last, 'message');
    const missing = /(?:configmap|secret) "[^"]*" not found|non-existent config key/i.test(message);
    const what = sentence(`${named(pod)} cannot ${cause === 'mount' ? 'mount its volumes' : 'get its network'}: ${message}`);
    return [{ cause, subject: pod, what, terminalAfterMs: missing ? CURABLE_MS : NEVER }];
}
const TROUBLE = {
    FailedMount: 'mount',
    FailedAttachVolume: 'mount',
    FailedCreatePodSandBox: 'sandbox',
};
/** The containers run, and somebody else has not yet agreed. */
function gate(pod) {
    if (conditionOf(pod, 'ContainersReady') === undefined)
        return undefined;
    const open = listAt(pod, 'spec', 'readinessGates')
        .map((each) => textAt(each, 'conditionType'))
        .filter((type) => conditionOf(pod, type) === undefined);
    if (open.length === 0)
        return undefined;
    const what = `${named(pod)} runs, but its readiness gate ${open.join(', ')} is not True.`;
    return { cause: 'gate', subject: pod, what, terminalAfterMs: NEVER };
}
function node(pod, events) {
    const isLost = conditionOf(pod, 'Ready') === undefined && events.some(({ reason }) => reason === 'NodeNotReady');
    if (!isLost)
        return undefined;
    const what = `${named(pod)} is on node ${textAt(pod, 'spec', 'nodeName')}, which is not ready.`;
    return { cause: 'node', subject: pod, what, terminalAfterMs: NEVER };
}
/** Its controller makes another one. */
function evicted(pod) {
    const reason = textAt(pod, 'status', 'reason');
    if (textAt(pod, 'status', 'phase') !== 'Failed' || reason === '')
        return undefined;
    const what = sentence(`${named(pod)} was ended (${reason}): ${textAt(pod, 'status', 'message')}`);
    return { cause: 'evicted', subject: pod, what, terminalAfterMs: NEVER };
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/diagnose.js







/**
 * All that keeps the new revision of a workload from getting ready, what is nearest to the root first. Pods of other
 * revisions are nobody's concern here: that they are broken may be why there is a new one. Of what is `over`, such as a
 * Job that gave up, pods on their way out count too: nobody else can tell why.
 */
function diagnose(scene, over = false) {
    const fresh = revisionsOf(scene)?.fresh ?? [];
    const pods = over ? [...fresh, ...scene.pods.filter((pod) => !fresh.includes(pod))] : fresh;
    const provedElsewhere = pods.some(isReady);
    return [...creationFindings(scene), ...pods.flatMap((pod) => findingsOf(pod, scene, provedElsewhere))].toSorted((a, b) => CAUSES.indexOf(a.cause) - CAUSES.indexOf(b.cause));
}
/** What is wrong with one pod, of whatever revision. */
function findingsOf(pod, scene, provedElsewhere) {
    if (isReady(pod))
        return [];
    const { workload } = scene;
    const isServer = workload.kind !== 'Job' && textAt(workload, 'spec', 'restartPolicy') !== 'Never';
    const events = scene.events.filter((event) => textAt(event, 'involvedObject', 'uid') === pod.metadata.uid);
    return [...podFindings(pod, events, scene), ...containerFindings({ pod, events, provedElsewhere, isServer })];
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/endpoints.js


/**
 * Why requests do not yet go where they belong, or undefined when they do: each fresh pod is in service behind each
 * Service that selects it, and no other pod of the workload is, as the EndpointSlices have it.
 */
function lateEndpoints(scene, fresh) {
    const others = scene.pods.filter((pod) => !fresh.includes(pod));
    for (const service of scene.services) {
        const { name } = service.metadata;
        // Such a Service names every pod until it is gone: nothing can be read off it.
        if (service.spec?.publishNotReadyAddresses === true)
            continue;
        const served = servedBy(scene.slices.filter((slice) => serviceOf(slice) === name));
        const isServed = ({ metadata }) => served.has(metadata.uid ?? '');
        const selector = wordsAt(service, 'spec', 'selector');
        const wanted = fresh.filter((pod) => isReady(pod) && selects(selector, pod.metadata.labels ?? {}));
        const there = wanted.filter(isServed);
        if (there.length < wanted.length)
            return `${there.length} of ${wanted.length} in service behind ${name}`;
        const left = others.filter(isServed);
        if (left.length > 0)
            return `${left.length} old still in service behind ${name}`;
    }
    return undefined;
}
function servedBy(slices) {
    // An absent condition means that nobody knows, and is to be taken as ready.
    const ready = slices
        .flatMap((slice) => listAt(slice, 'endpoints'))
        .filter(({ conditions }) => at(conditions, 'ready') !== false);
    return new Set(ready.map((endpoint) => textAt(endpoint, 'targetRef', 'uid')));
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/verdict.js



const ON_DELETE = 'its updateStrategy is OnDelete: pods stay as they are until somebody deletes them';
function ready(why) {
    return { kind: 'ready', why };
}
function waiting(why) {
    return { kind: 'waiting', why };
}
function failed(blame, why) {
    return { kind: 'failed', blame, why };
}
/** The counters are right; the pods have to say the same. */
function provedByPods(scene, wanted, why) {
    const revisions = revisionsOf(scene);
    if (revisions === undefined)
        return ready(why);
    const { fresh, old } = revisions;
    if (old.length > 0)
        return waiting(`${why}, ${old.length} old left`);
    if (fresh.filter(isReady).length < wanted)
        return waiting(`${why}, not all ready`);
    return provedByEndpoints(scene, fresh, why);
}
/** The pods are as wanted; requests have to go to them, and to no others. */
function provedByEndpoints(scene, pods, why) {
    const late = lateEndpoints(scene, pods);
    return late === undefined ? ready(why) : waiting(`${why}, ${late}`);
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/stateful-set.js




/**
 * Counters and revisions of its status lie while a broken pod holds another revision, so each pod is looked at: the
 * ones from the partition on have to carry the hash of the update revision, and all have to be ready.
 */
function judgeStatefulSet(scene) {
    const { workload } = scene;
    const wanted = countAt(workload, 'spec', 'replicas');
    const partition = partitionOf(workload);
    const revisions = revisionsOf(scene);
    if (revisions === undefined)
        return waiting('its revision is not known yet');
    const living = scene.pods.filter((pod) => !isTerminating(pod));
    const members = living.filter((pod) => isMember(workload, pod));
    const updated = revisions.fresh.filter((pod) => isMember(workload, pod) && indexOf(workload, pod) >= partition);
    const readyPods = members.filter(isReady);
    const target = Math.max(0, wanted - partition);
    const extra = living.length - members.length;
    const left = extra > 0 ? `, ${extra} too many` : '';
    const kept = partition > 0 ? `, ${Math.min(partition, wanted)} kept by the partition` : '';
    const why = `${updated.length} of ${target} updated, ${readyPods.length} of ${wanted} ready${kept}${left}`;
    if (updated.length < target && at(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
        return members.length < wanted ? waiting(why) : failed('workload', ON_DELETE);
    }
    const isDone = updated.length >= target && readyPods.length >= wanted && extra === 0;
    if (!isDone || isWithinReadySeconds(workload, wanted))
        return waiting(why);
    return provedByEndpoints(scene, members, why);
}
/**
 * The pod that blocks an ordered update, or undefined: of another revision than wanted, and not ready. Its controller
 * waits for it to get ready before it would replace it, so a broken one has to be deleted by hand.
 */
function blockingPod(scene) {
    const { workload } = scene;
    const { spec } = workload;
    if (workload.kind !== 'StatefulSet' || spec?.podManagementPolicy === 'Parallel')
        return undefined;
    if (at(spec, 'updateStrategy', 'type') === 'OnDelete')
        return undefined;
    return revisionsOf(scene)
        ?.old.filter((pod) => !isReady(pod) && isMember(workload, pod) && indexOf(workload, pod) >= partitionOf(workload))
        .toSorted((a, b) => indexOf(workload, a) - indexOf(workload, b))[0];
}
function isWithinReadySeconds(set, wanted) {
    return countAt(set, 'spec', 'minReadySeconds') > 0 && countAt(set, 'status', 'availableReplicas') < wanted;
}
function partitionOf(set) {
    return countAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
}
/** Its place in the order, from 0; the partition counts the same way, whatever number the first pod has. */
function indexOf(set, pod) {
    const ordinal = Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? Number.NaN);
    return ordinal - countAt(set, 'spec', 'ordinals', 'start');
}
function isMember(set, pod) {
    const index = indexOf(set, pod);
    return index >= 0 && index < countAt(set, 'spec', 'replicas');
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/readiness.js





const JUDGES = {
    'apps/v1 Deployment': judgeDeployment,
    'apps/v1 StatefulSet': judgeStatefulSet,
    'apps/v1 DaemonSet': judgeDaemonSet,
    'batch/v1 Job': judgeJob,
    'v1 Pod': judgePod,
};
/** Whether there is anything to wait for: objects of other kinds are ready as soon as they are written. */
function isAwaitable({ apiVersion, kind }) {
    return JUDGES[`${apiVersion} ${kind}`] !== undefined;
}
/**
 * The truth about one rollout at one moment. A status counts once it is about the generation of our own write; then
 * counters, pods and EndpointSlices all have to agree. Old pods that are still finishing their requests are not waited
 * for, only that no Service sends them new ones.
 */
function judge(scene) {
    const { awaited, workload, gone } = scene;
    const judgeKind = JUDGES[`${workload.apiVersion} ${workload.kind}`];
    if (judgeKind === undefined)
        return ready('applied');
    // A Job may be cleaned up as soon as it is complete.
    if (gone && !isComplete(workload))
        return failed('workload', 'it was deleted meanwhile');
    if (awaited.uid !== undefined && awaited.uid !== workload.metadata.uid)
        return failed('workload', 'it was deleted meanwhile, and made anew by somebody else');
    if (!gone && workload.metadata.deletionTimestamp !== undefined)
        return failed('workload', 'it is being deleted');
    if (workload.spec?.paused === true)
        return failed('workload', 'it is paused (spec.paused: true), so it never rolls out');
    if (!isObserved(scene))
        return waiting('not yet seen by its controller');
    return judgeKind(scene);
}
function judgeDeployment(scene) {
    const { workload } = scene;
    const wanted = countAt(workload, 'spec', 'replicas');
    const status = (field) => countAt(workload, 'status', field);
    const old = status('replicas') - status('updatedReplicas');
    const left = old > 0 ? `, ${old} old left` : '';
    const why = `${status('updatedReplicas')} of ${wanted} updated, ${status('availableReplicas')} available${left}`;
    const isDone = status('updatedReplicas') >= wanted &&
        old <= 0 &&
        status('availableReplicas') >= wanted &&
        status('unavailableReplicas') === 0;
    if (isDone)
        return provedByPods(scene, wanted, why);
    if (!isTimedOut(workload))
        return waiting(why);
    return failed('pods', `no progress for ${countAt(workload, 'spec', 'progressDeadlineSeconds')} s (${why})`);
}
function judgeDaemonSet(scene) {
    const { workload } = scene;
    const status = (field) => countAt(workload, 'status', field);
    const wanted = status('desiredNumberScheduled');
    const updated = status('updatedNumberScheduled');
    const why = `${updated} of ${wanted} updated, ${status('numberAvailable')} available`;
    if (updated >= wanted && status('numberAvailable') >= wanted)
        return provedByPods(scene, wanted, why);
    return at(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete' ? failed('workload', ON_DELETE) : waiting(why);
}
function judgeJob({ workload }) {
    const count = (field) => countAt(workload, 'status', field);
    const wanted = countAt(workload, 'spec', 'completions') || 1;
    const why = `${count('succeeded')} of ${wanted} succeeded, ${count('active')} running, ${count('failed')} failed`;
    if (isComplete(workload))
        return ready(why);
    // FailureTarget comes as soon as it is decided, while pods are still being ended.
    const failure = conditionOf(workload, 'Failed') ?? conditionOf(workload, 'FailureTarget');
    if (failure !== undefined)
        return failed('pods', `${textAt(failure, 'reason')}: ${textAt(failure, 'message')} (${why})`);
    if (workload.spec?.suspend === true)
        return failed('workload', 'it is suspended (spec.suspend: true), so it never runs');
    return waiting(why);
}
function judgePod({ workload }) {
    const phase = textAt(workload, 'status', 'phase') || 'Pending';
    if (phase === 'Succeeded' || isReady(workload))
        return ready(phase.toLowerCase());
    if (phase !== 'Failed')
        return waiting(`${phase.toLowerCase()}, not ready`);
    const told = [textAt(workload, 'status', 'reason'), textAt(workload, 'status', 'message')].filter(Boolean);
    return failed('pods', ['it failed', ...told].join(': '));
}
/** A condition from before our write is about another rollout: the controller leaves it there until there is progress. */
function isTimedOut(deployment) {
    const condition = conditionOf(deployment, 'Progressing', 'False');
    if (condition?.reason !== 'ProgressDeadlineExceeded')
        return false;
    return Date.parse(textAt(condition, 'lastUpdateTime')) > (writtenAt(deployment) ?? 0);
}
function isComplete(job) {
    return job.kind === 'Job' && conditionOf(job, 'Complete') !== undefined;
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/look.js





function look(awaited, { live, last, departed }, nodes) {
    const { apiVersion, kind, ...metadata } = awaited.ref;
    const { object, gone } = last(awaited.ref) ?? { object: { apiVersion, kind, metadata }, gone: true };
    const scene = sceneOf({ awaited, workload: object, gone, nodes }, live);
    const readiness = judge(scene);
    const isForPods = readiness.kind === 'waiting' || (readiness.kind === 'failed' && readiness.blame === 'pods');
    if (!isForPods)
        return { scene, readiness, findings: [] };
    const isOver = readiness.kind === 'failed' && kind === 'Job';
    if (!isOver)
        return { scene, readiness, findings: diagnose(scene) };
    // A Job that gives up deletes its pods before it says so.
    const all = (each) => (each === 'Pod' ? [...(live(each) ?? []), ...departed(each)] : live(each));
    const whole = sceneOf({ awaited, workload: object, gone, nodes }, all);
    return { scene: whole, readiness, findings: diagnose(whole, true) };
}
/** What of these is not rolled out right now, in sentences; nothing is waited for. */
async function whatIsNotReady(workloads, api) {
    const found = [...byNamespace(workloads)].map(async ([namespace, awaited]) => {
        const view = await viewOnce(namespace, kindsFor(awaited), api);
        return awaited.map((each) => look(each, view, undefined));
    });
    return (await Promise.all(found)).flat().flatMap(({ scene, readiness, findings }) => {
        if (readiness.kind === 'ready')
            return [];
        return `${(0,build_object/* describeRef */.Ro)(scene.awaited.ref)} is not ready (${readiness.why})${findings[0] === undefined ? '.' : `: ${findings[0].what}`}`;
    });
}
/** Those that can be waited for, by where they are. */
function byNamespace(workloads) {
    return Map.groupBy(workloads.filter(({ ref }) => isAwaitable(ref)), ({ ref }) => ref.namespace);
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/narrate.js

/** Tells how far each rollout is: `web: 2 of 4 updated, 1 available`, and again only when that has changed. */
function narrator(workloads, log) {
    const told = new Map();
    const count = (name) => workloads.filter(({ ref }) => ref.name === name).length;
    return (looks) => {
        for (const { scene, readiness } of looks) {
            const { ref } = scene.awaited;
            const label = count(ref.name) === 1 ? ref.name : (0,build_object/* describeRef */.Ro)(ref);
            const line = `${label}: ${readiness.kind === 'ready' ? `ready (${readiness.why})` : readiness.why}`;
            if (told.get(label) === line)
                continue;
            told.set(label, line);
            log.info(line);
        }
    };
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/stopwatch.js
function createStopwatch(clock) {
    let before = new Map();
    let now = new Map();
    return {
        nextRound() {
            before = now;
            now = new Map();
        },
        since(key) {
            const began = now.get(key) ?? before.get(key) ?? clock.monotonic();
            now.set(key, began);
            return clock.monotonic() - began;
        },
    };
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/unblock.js






/** An old pod that is only restarting gets ready within this time. */
const PATIENCE_MS = 5_000;
/**
 * Deletes the broken pod that an ordered StatefulSet waits for, since its controller never replaces it (Kubernetes 1.34
 * and before). It is of a revision that is being left, and not in service: nothing is lost by it.
 */
async function unblock(scene, freed, { api, log, since }) {
    const pod = blockingPod(scene);
    const uid = pod?.metadata.uid;
    if (pod === undefined || uid === undefined || freed.has(uid))
        return;
    const findings = findingsOf(pod, scene, false);
    const isBroken = findings.some(({ terminalAfterMs }) => terminalAfterMs === finding_AT_ONCE);
    if (since(`blocking ${uid}`) < (isBroken ? 0 : PATIENCE_MS))
        return;
    freed.add(uid);
    const why = findings[0]?.what ?? `pod ${pod.metadata.name} is not ready.`;
    const revision = pod.metadata.labels?.[REVISION_HASH];
    log.info(`${(0,build_object/* describeRef */.Ro)(scene.awaited.ref)} waits for a broken pod of ${revision}, which it would never replace by itself; the pod is deleted. ${why}`);
    try {
        await api.remove((0,build_object/* refOf */.H8)(pod), { uid });
    }
    catch (cause) {
        log.warning(`Pod ${pod.metadata.name} could not be deleted: ${(0,errors/* messageOf */.bD)(cause)}`);
    }
}

;// CONCATENATED MODULE: ./packages/k8s/build/rollout/await-rollout.js











/** Each change is looked at as it comes; what only time can tell, this often. */
const TICK_MS = 250;
/**
 * Watches the namespaces of these workloads until all of them are ready at once. Rejects with a `RolloutFailure` as soon
 * as one of them cannot get there any more, and when the time is over.
 */
async function awaitRollout(workloads, api, options) {
    const namespaces = byNamespace(workloads);
    if (namespaces.size === 0)
        return;
    const over = new AbortController();
    const signal = AbortSignal.any([options.signal, over.signal]);
    const bell = createBell(options.clock);
    const ports = { api, log: options.log, signal, changed: bell.ring };
    const places = [...namespaces].map(([namespace, awaited]) => ({
        awaited,
        view: viewNamespace(namespace, kindsFor(awaited), ports),
    }));
    const ended = Promise.all(places.map(({ view }) => view.over));
    try {
        const broken = ended.then(() => new Promise(() => { }));
        await Promise.race([untilReady(places, bell, api, { ...options, signal }), broken]);
    }
    finally {
        over.abort(new Error('nobody waits for the rollout any longer'));
        await ended.catch(() => { });
    }
}
async function untilReady(places, bell, api, options) {
    const { clock, log, signal, timeoutMs } = options;
    const deadline = clock.monotonic() + timeoutMs;
    await untilSeen(places, bell, deadline, options);
    const pinned = places.map(pin);
    const tell = narrator(pinned.flatMap(({ awaited }) => awaited), log);
    const stopwatch = createStopwatch(clock);
    const isDue = (finding) => stopwatch.since(findingKey(finding)) >= finding.terminalAfterMs;
    const nodes = nodeReader(api, bell.ring);
    const freed = new Set();
    const logs = createLogKeeper(api);
    const explaining = { api, clock, kept: logs.kept };
    for (;;) {
        stopwatch.nextRound();
        const looks = pinned.flatMap(({ awaited, view }) => awaited.map((each) => look(each, view, nodes.known())));
        tell(looks);
        const late = looks.filter(({ readiness }) => readiness.kind !== 'ready');
        if (late.length === 0)
            return;
        const lost = late.filter(({ readiness, findings }) => readiness.kind === 'failed' || findings.filter(isDue).length > 0);
        if (lost.length > 0)
            throw await failureOf(lost, isDue, undefined, explaining);
        const rest = deadline - clock.monotonic();
        if (rest <= 0)
            throw await failureOf(late, isDue, timeoutMs, explaining);
        logs.keep(late.filter(({ scene }) => scene.workload.kind === 'Job').flatMap(({ findings }) => findings));
        for (const { scene } of late)
            await unblock(scene, freed, { api, log, since: stopwatch.since });
        if (late.some(findsNoNode))
            nodes.ask();
        await bell.wait(Math.min(TICK_MS, rest), signal);
    }
}
async function untilSeen(places, bell, deadline, { clock, signal, timeoutMs }) {
    while (!places.every(({ view }) => view.isComplete())) {
        const rest = deadline - clock.monotonic();
        if (rest <= 0)
            throw (0,errors/* userError */.IF)(`The cluster did not show its objects within ${(0,duration/* formatDuration */.a3)(timeoutMs)}.`);
        await bell.wait(rest, signal);
    }
}
/** From now on it is about the very objects that are there. */
function pin({ awaited, view }) {
    const pinned = awaited.map((each) => {
        const uid = each.uid ?? view.last(each.ref)?.object.metadata.uid;
        return uid === undefined ? each : { ...each, uid };
    });
    return { awaited: pinned, view };
}
function findsNoNode({ findings }) {
    return findings.some(({ cause }) => cause === 'unschedulable');
}
/** Nodes are read once, and only for pods that find none. */
function nodeReader(api, changed) {
    let known;
    let isAsked = false;
    const read = async () => {
        known = await api.list({ apiVersion: 'v1', kind: 'Node' }).then(({ items }) => items, () => undefined);
        changed();
    };
    return {
        known: () => known,
        ask: () => {
            if (!isAsked)
                void read();
            isAsked = true;
        },
    };
}

;// CONCATENATED MODULE: ./packages/k8s/build/cluster-works.js









/** The work on a cluster: objects are applied server-side, and watched to a truthful end. */
function createWorks(ports) {
    const { api, force } = ports;
    return {
        async apply(objects, signal) {
            const applied = await applyAll(objects, { force }, { ...ports, signal });
            return applied.map(({ answer }) => answer);
        },
        async runJobs(jobs, signal) {
            for (const job of jobs) {
                const trouble = await runToEnd(job, ports, signal);
                if (trouble.length > 0)
                    return trouble;
            }
            return [];
        },
        awaitRollout: (workloads, signal) => troublesOf(awaitRollout(workloads.map(awaitedOf), api, { ...ports, signal })),
        judge: (workloads) => whatIsNotReady(workloads.map(awaitedNow), api),
        drifted: (objects) => drifted(objects, force, api),
    };
}
/** What keeps its pods from running is told at once, not when the Job gives up by itself. */
async function runToEnd(job, ports, signal) {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const doomed = Promise.withResolvers();
    const started = (running) => {
        const rollout = awaitRollout([awaitedOf(running)], ports.api, { ...ports, signal: until });
        troublesOf(rollout).then((trouble) => trouble.length > 0 && doomed.resolve(trouble), doomed.reject);
    };
    try {
        const ended = runJob(job, { ...ports, signal: until, started }).then((end) => {
            // The watch that explains failures sees this one too.
            return end.kind === 'complete' ? Promise.resolve([]) : doomed.promise;
        });
        return await Promise.race([ended, doomed.promise]);
    }
    finally {
        over.abort(new Error('nobody waits for the Job any longer'));
    }
}
async function troublesOf(rollout) {
    try {
        await rollout;
        return [];
    }
    catch (thrown) {
        if (thrown instanceof RolloutFailure)
            return thrown.troubles;
        throw thrown;
    }
}
/** As it is, whoever wrote it last. */
function awaitedNow(object) {
    return { ref: (0,build_object/* refOf */.H8)(object), generation: 0 };
}
async function drifted(objects, force, api) {
    try {
        const changes = await (0,compare.compareAll)(objects, { force }, api);
        return changes.filter(({ kind }) => kind !== 'same').map(describeChange);
    }
    catch (thrown) {
        // What would be refused now is not as it was applied either.
        if (thrown instanceof errors/* UserError */.yo)
            return [thrown.message];
        throw thrown;
    }
}
function describeChange({ kind, ref }) {
    return `${(0,build_object/* describeRef */.Ro)(ref)} ${kind === 'changed' ? 'is not as it was applied' : 'is not there'}.`;
}

// EXTERNAL MODULE: ./packages/k8s/build/place.js
var build_place = __webpack_require__(2406);
// EXTERNAL MODULE: ./packages/k8s/build/write-once.js
var write_once = __webpack_require__(1890);
;// CONCATENATED MODULE: ./packages/k8s/build/lease.js







const ASK_AGAIN_MS = 500;
const RENEWALS = 6;
/** Share of the lease after which a holder that hears nothing gives up. */
const DEAD = 2 / 3;
const URL_ANNOTATION = 'slipway.dev/run-url';
/**
 * A Lease of coordination.k8s.io that is renewed while we hold it. A holder counts as dead when its lease did not
 * change for `leaseMs` of our own clock: no two clocks are ever compared. Every write names the resourceVersion that it
 * was decided on, so of two takers one wins.
 */
function createLease(settings) {
    const { api, ref, clock, log, leaseMs } = settings;
    const lost = new AbortController();
    const done = new AbortController();
    let held;
    let renewing = Promise.resolve();
    async function keep() {
        let lastHeard = clock.monotonic();
        while (!done.signal.aborted) {
            await clock.sleep(leaseMs / RENEWALS, done.signal).catch(() => { });
            if (done.signal.aborted || held === undefined)
                return;
            const asked = clock.monotonic();
            const answer = await Promise.race([renew(held), silence(lastHeard + DEAD * leaseMs)]);
            if (answer === undefined)
                continue;
            if (typeof answer !== 'string') {
                held = answer;
                lastHeard = asked;
            }
            else {
                lost.abort(new Error(`the lease ${ref.name} is lost: ${answer}`));
                return;
            }
        }
    }
    /** The lease, why it is lost, or undefined when it is worth another try. */
    async function renew(current) {
        try {
            return await write(withHolder(current, settings, false), api);
        }
        catch (thrown) {
            const gone = thrown instanceof build_api/* ApiRefusal */.n && thrown.status === 404;
            return (0,write_once/* isRobbed */.n)(thrown) || gone ? (0,errors/* messageOf */.bD)(thrown) : undefined;
        }
    }
    /** Before anybody else may count us as dead, we do so ourselves. */
    async function silence(until) {
        await clock.sleep(Math.max(0, until - clock.monotonic()), done.signal).catch(() => { });
        return done.signal.aborted ? undefined : 'the cluster did not answer in time';
    }
    return {
        lost: lost.signal,
        async lock(waitMs, signal) {
            const deadline = clock.monotonic() + waitMs;
            let watched;
            for (;;) {
                (0,build_clock/* throwIfAborted */.Te)(signal);
                const current = await api.get(ref);
                const version = current?.metadata.resourceVersion ?? '';
                if (current !== undefined && watched === undefined && !isFree(current, settings)) {
                    log.info(`The lease is held by ${describe(current)}; waiting.`);
                }
                if (watched?.version !== version)
                    watched = { version, since: clock.monotonic() };
                const stale = clock.monotonic() - watched.since > leaseMs;
                if (current === undefined || isFree(current, settings) || stale) {
                    held = await take(current, settings);
                    if (held !== undefined)
                        break;
                    continue;
                }
                if (clock.monotonic() > deadline)
                    throw stillHeld(current, waitMs);
                await clock.sleep(ASK_AGAIN_MS, signal);
            }
            renewing = keep();
        },
        async unlock() {
            done.abort();
            await renewing;
            if (held === undefined || lost.signal.aborted)
                return;
            const free = { ...held, spec: { ...held.spec, holderIdentity: '' } };
            held = undefined;
            await write(free, api);
        },
    };
}
/** The lease as ours, or undefined when somebody was faster. */
async function take(current, settings) {
    try {
        return await write(withHolder(current ?? fresh(settings.ref), settings, true), settings.api);
    }
    catch (thrown) {
        if ((0,write_once/* isRobbed */.n)(thrown))
            return undefined;
        if (!(thrown instanceof build_api/* ApiRefusal */.n) || thrown.status !== 404)
            throw thrown;
        const { namespace = '' } = settings.ref;
        throw (0,errors/* userError */.IF)(`There is no namespace ${namespace}.`, `make it: kubectl create namespace ${namespace}`, thrown);
    }
}
function write(lease, api) {
    return (0,write_once/* writeOnce */.F)(api, lease, ({ spec }) => [spec?.holderIdentity, spec?.renewTime]);
}
function isFree(lease, { formerToken }) {
    const holder = holderOf(lease);
    return holder === '' || (formerToken !== undefined && holder.endsWith(`/${formerToken}`));
}
function fresh({ apiVersion, kind, name, namespace }) {
    return {
        apiVersion,
        kind,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: build_place/* MANAGED_BY */.Kf },
    };
}
function withHolder(lease, { run, token, leaseMs, clock }, taken) {
    const now = new Date(clock.wall()).toISOString().replace(/Z$/, '000Z');
    const transitions = (0,json/* isInteger */.Fq)(lease.spec?.leaseTransitions) ? lease.spec.leaseTransitions : 0;
    return {
        ...lease,
        metadata: { ...lease.metadata, annotations: { ...lease.metadata.annotations, [URL_ANNOTATION]: run.url } },
        spec: {
            ...lease.spec,
            holderIdentity: `${run.id}.${run.attempt}/${token}`,
            leaseDurationSeconds: Math.ceil(leaseMs / 1_000),
            renewTime: now,
            ...(taken ? { acquireTime: now, leaseTransitions: transitions + 1 } : {}),
        },
    };
}
function holderOf(lease) {
    const holder = lease.spec?.holderIdentity;
    return (0,json/* isString */.Kg)(holder) ? holder : '';
}
function describe(lease) {
    const [run = '?'] = holderOf(lease).split('/');
    return `run ${run} (${lease.metadata.annotations?.[URL_ANNOTATION] ?? 'no URL'})`;
}
function stillHeld(lease, waitMs) {
    return new errors/* UserError */.yo({
        what: `The lease ${lease.metadata.name} is held by another run, still after ${(0,duration/* formatDuration */.a3)(waitMs)}.`,
        got: describe(lease),
        allowed: 'one run at a time for an app and environment',
        fix: 'wait for that run or end it, then run this again',
    });
}

;// CONCATENATED MODULE: ./packages/k8s/build/manifests/secret-data.js

/**
 * A Secret with all its content in `data`: the server moves `stringData` there anyway, and under server-side apply a
 * key that goes from `stringData` would stay.
 */
function withPlainData(object) {
    if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || !(0,json/* isObject */.Gv)(object.stringData))
        return object;
    const { stringData, data, ...rest } = object;
    const encoded = Object.entries(stringData).map(([key, text]) => [
        key,
        (0,json/* isString */.Kg)(text) ? Buffer.from(text, 'utf8').toString('base64') : text,
    ]);
    return { ...rest, data: { ...((0,json/* isObject */.Gv)(data) ? data : {}), ...Object.fromEntries(encoded) } };
}

;// CONCATENATED MODULE: ./packages/k8s/build/manifests/place-objects.js




/**
 * The objects in the namespace of the deployment, without what only servers write. An object of another namespace, of a
 * kind that the cluster does not know, or that comes twice is an error; all of them come in one UserError.
 */
async function placeObjects(manifests, namespace, api) {
    const own = scopesOf(manifests);
    const placed = await Promise.all(manifests.map(async ({ object, at }) => {
        const { apiVersion, kind } = object;
        const scope = own.get(`${(0,build_object/* groupOf */.F8)(object)}/${kind}`) ?? (await api.isNamespaced(apiVersion, kind));
        return placeOne({ object, at }, namespace, scope);
    }));
    const refused = placed.flatMap((result) => ('what' in result ? [result] : []));
    const objects = placed.flatMap((result) => ('what' in result ? [] : [result]));
    const problems = [...refused, ...twice(objects)];
    if (problems.length > 0)
        throw new errors/* UserError */.yo(problems);
    return objects.map(({ object }) => object);
}
function placeOne({ object, at }, namespace, namespaced) {
    const { apiVersion, kind, metadata } = object;
    if (namespaced === undefined) {
        return {
            what: `${at}: the cluster knows no kind ${kind} in ${apiVersion}.`,
            allowed: 'a kind that "kubectl api-resources" lists, or whose CustomResourceDefinition is in the manifests',
            fix: 'install what defines it first, or correct apiVersion and kind',
        };
    }
    if (namespaced && metadata.namespace !== undefined && metadata.namespace !== namespace) {
        return {
            what: `${at}: the ${kind} ${metadata.name} is for another namespace than this deployment.`,
            got: `namespace: ${metadata.namespace}`,
            allowed: `${namespace}, or no namespace at all`,
            fix: `namespace: ${metadata.namespace}    # the input; or remove the line from the manifest`,
        };
    }
    return { object: withPlainData(clean(object, namespaced ? namespace : undefined)), at };
}
/** Manifests that were read from a cluster carry what servers wrote; sent back it would be refused. */
function clean({ status: _status, ...object }, namespace) {
    const { uid: _uid, generation: _generation, resourceVersion: _version, creationTimestamp: _created, deletionTimestamp: _deleted, managedFields: _managed, namespace: _namespace, ...metadata } = object.metadata;
    const kept = namespace === undefined ? metadata : { ...metadata, namespace };
    return { ...object, metadata: kept };
}
/** Whether each kind that the set itself defines lives in namespaces. */
function scopesOf(manifests) {
    const scopes = new Map();
    for (const { object } of manifests) {
        const { group, names, scope } = object.spec ?? {};
        if (object.kind !== 'CustomResourceDefinition' || !(0,json/* isString */.Kg)(group) || !(0,json/* isObject */.Gv)(names))
            continue;
        scopes.set(`${group}/${String(names.kind)}`, scope !== 'Cluster');
    }
    return scopes;
}
/** Two versions of an API group show the same object, so the version does not count. */
function twice(manifests) {
    const places = new Map();
    for (const manifest of manifests) {
        const { object } = manifest;
        const key = [(0,build_object/* groupOf */.F8)(object), object.kind, object.metadata.namespace, object.metadata.name].join(' ');
        places.set(key, [...(places.get(key) ?? []), manifest]);
    }
    return [...places.values()].flatMap((same) => {
        const [first] = same;
        if (first === undefined || same.length === 1)
            return [];
        return [
            {
                what: `${(0,build_object/* describeRef */.Ro)((0,build_object/* refOf */.H8)(first.object))} is there ${same.length === 2 ? 'twice' : `${same.length} times`}.`,
                got: same.map(({ at }) => at).join('; '),
                allowed: 'each object once',
                fix: 'remove one of them; patches belong into a kustomization',
            },
        ];
    });
}

// EXTERNAL MODULE: ./packages/kernel/build/digest.js
var build_digest = __webpack_require__(2098);
// EXTERNAL MODULE: ./packages/kernel/build/release.js
var release = __webpack_require__(6205);
// EXTERNAL MODULE: ./packages/k8s/build/release-set.js
var release_set = __webpack_require__(5069);
;// CONCATENATED MODULE: ./packages/k8s/build/release-of.js




const SHORT_SHA = 12;
const NO_COMMIT = '0'.repeat(40);
/** The record of a set: its digest is the release. */
function releaseOf(set, place, origin) {
    const { name, namespace } = (0,build_place/* recordRef */.Ji)('ConfigMap', place);
    const { version, images, repository, ref, sha, run, now } = origin;
    const [image] = images;
    return {
        schema: release/* RELEASE_SCHEMA */.io,
        kind: 'set',
        name: place.app,
        version: version ?? image?.version ?? (sha === '' ? (0,build_digest/* shortDigest */.VK)(set.digest) : sha.slice(0, SHORT_SHA)),
        digest: set.digest,
        size: set.size,
        mediaType: release_set/* SET_MEDIA_TYPE */.nN,
        repository,
        ref,
        commit: sha === '' ? NO_COMMIT : sha,
        commitTime: image?.commitTime ?? new Date(now).toISOString(),
        run: { id: run.id, attempt: run.attempt, number: run.number, url: run.url },
        locations: [`configmap://${namespace}/${name}`],
    };
}

// EXTERNAL MODULE: ./packages/k8s/build/render/hash-configs.js + 1 modules
var hash_configs = __webpack_require__(8805);
// EXTERNAL MODULE: ./packages/image/build/reference.js
var build_reference = __webpack_require__(6253);
// EXTERNAL MODULE: ./packages/k8s/build/pod-template.js
var pod_template = __webpack_require__(1173);
;// CONCATENATED MODULE: ./packages/k8s/build/render/image-lines.js





const IMAGES_RULE = '[repository= or container:NAME=] and then reference@sha256:... or the "release" output of build-push-image';
/**
 * Reads the lines of the `images` input. Left of `=` stands the repository as the manifests name it, or the name of a
 * container; without it, the repository of the image itself is meant. Right of it stands an image with its digest, or a
 * release record of kind `image`.
 */
function parseImages(lines) {
    const read = lines.map((line) => parseLine(line.trim()));
    const problems = read.flatMap((result) => ('target' in result ? [] : [result]));
    if (problems.length > 0)
        throw new UserError(problems);
    return read.flatMap((result) => ('target' in result ? [result] : []));
}
function parseLine(line) {
    const equals = line.startsWith('{') ? -1 : line.indexOf('=');
    const left = equals < 0 ? undefined : line.slice(0, equals).trim();
    const right = line.slice(equals + 1).trim();
    const chosen = right.startsWith('{') ? fromRecord(right) : fromReference(right, left);
    if ('what' in chosen)
        return chosen;
    const target = left === undefined ? ownRepository(chosen.reference) : parseTarget(left);
    if ('what' in target)
        return target;
    const { image, release } = chosen;
    const shown = `${left === undefined ? '' : `${left}=`}${image}`;
    return { target, image, shown, ...(release === undefined ? {} : { release }) };
}
function fromReference(text, left) {
    const reference = parseReference(text);
    if ('what' in reference)
        return { ...reference, what: 'A line of the input "images" names no image.' };
    if (reference.digest !== undefined)
        return { image: text, reference };
    const { registry, path } = reference;
    return {
        what: 'A line of the input "images" has no digest: what a tag stands for changes, and with it what runs.',
        got: text,
        allowed: IMAGES_RULE,
        fix: `${left === undefined ? '' : `${left}=`}${registry}/${path}@\${{ steps.image.outputs.digest }}`,
    };
}
function fromRecord(text) {
    const value = parseJson(text);
    if (value === undefined)
        return { what: 'A release in the input "images" is no JSON, on one line.', fix: RECORD_LINE };
    const release = parseRelease(value);
    if (isProblems(release))
        return release[0] ?? { what: 'The release record is wrong.' };
    if (release.kind !== 'image') {
        return { what: 'A release in the input "images" is no image.', got: `kind ${release.kind}`, fix: RECORD_LINE };
    }
    for (const location of release.locations) {
        const found = parseReference(location.replace(/^[a-z]+:\/\//, ''));
        if ('what' in found || !isDigest(release.digest))
            continue;
        const { registry, path } = found;
        const reference = { registry, path, digest: release.digest };
        return { image: formatReference(reference), reference, release };
    }
    return {
        what: 'A release in the input "images" is in no registry.',
        got: release.locations.join(', '),
        fix: RECORD_LINE,
    };
}
const RECORD_LINE = 'images: ${{ steps.image.outputs.release }}';
function parseTarget(left) {
    const container = /^container:(.*)$/.exec(left);
    if (container !== null) {
        const name = container[1] ?? '';
        if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
            return { kind: 'container', name };
        return { what: 'A line of the input "images" names no container.', got: left, allowed: IMAGES_RULE };
    }
    const repository = parseRepository(left);
    if (!('what' in repository))
        return { kind: 'repository', repository };
    return { ...repository, what: `A line of the input "images" has no repository before "=". ${repository.what}` };
}
function ownRepository({ registry, path }) {
    return { kind: 'repository', repository: { registry, path } };
}

;// CONCATENATED MODULE: ./packages/k8s/build/render/images.js






/**
 * Puts the chosen images into the pod templates of the objects: containers and init containers whose repository or name
 * is exactly the one of the line. All others stay untouched; a line that fits none is an error that says what there is.
 */
function withImages(objects, choices) {
    const used = new Set();
    const problems = [];
    const swap = (object, container) => {
        const fitting = choices.filter((choice) => fits(choice, container));
        for (const choice of fitting)
            used.add(choice);
        const images = [...new Set(fitting.map(({ image }) => image))];
        if (images.length > 1)
            problems.push(ambiguous(object, container, fitting));
        return images[0] === undefined ? container : { ...container, image: images[0] };
    };
    const changed = objects.map((object) => (0,pod_template/* withContainers */.r5)(object, (container) => swap(object, container)));
    const there = choices.every((choice) => used.has(choice)) ? '' : listContainers(objects);
    problems.push(...choices.filter((choice) => !used.has(choice)).map((choice) => unused(choice, there)));
    if (problems.length > 0)
        throw new errors/* UserError */.yo(problems);
    return changed;
}
function fits({ target }, { name, image }) {
    if (target.kind === 'container')
        return target.name === name;
    const reference = (0,json/* isString */.Kg)(image) ? (0,build_reference/* parseReference */.F2)(image) : undefined;
    return reference !== undefined && !('what' in reference) && (0,build_reference/* isSameRepository */.ve)(reference, target.repository);
}
function unused({ target, shown, release }, there) {
    const sought = target.kind === 'container'
        ? `is called ${target.name}`
        : `has an image of the repository ${target.repository.registry}/${target.repository.path}`;
    return {
        what: `A line of the input "images" changes nothing: no container in the manifests ${sought}.`,
        got: shown,
        allowed: there === '' ? 'none: no object in the manifests has pods' : there,
        fix: release === undefined
            ? IMAGES_RULE
            : `container:NAME=\${{ steps.image.outputs.release }}    # or the repository as the manifests name it`,
    };
}
function ambiguous(object, { name }, fitting) {
    return {
        what: `Several lines of the input "images" fit the container ${name} of ${(0,build_object/* describeRef */.Ro)((0,build_object/* refOf */.H8)(object))}.`,
        got: fitting.map(({ shown }) => shown).join('; '),
        allowed: 'one image for each container',
        fix: `container:${name}=... only, or one line for the repository only`,
    };
}
function listContainers(objects) {
    const lines = objects.flatMap((object) => (0,pod_template/* containersOf */.Mz)((0,pod_template/* podSpecOf */.qz)(object) ?? {}).map(({ name, image }) => `${object.kind} ${object.metadata.name}: container ${name} = ${String(image)}`));
    return lines.join('; ');
}

// EXTERNAL MODULE: ./packages/k8s/build/render/job-names.js
var job_names = __webpack_require__(7156);
;// CONCATENATED MODULE: ./packages/k8s/build/set-key.js





const KEY = 'hmac-key';
const KEY_BYTES = 32;
/** The key that the content of Secrets is hashed with, base64; undefined before the first deployment. */
async function readKey(api, place) {
    const secret = await api.get((0,build_place/* recordRef */.Ji)('Secret', place));
    return secret === undefined ? undefined : keyIn(secret);
}
/** The key, made when there is none: of two who make one, the first wins, and both use that. */
async function ensureKey(api, place) {
    const known = await readKey(api, place);
    if (known !== undefined)
        return known;
    const { name } = (0,build_place/* recordRef */.Ji)('Secret', place);
    const key = (0,external_node_crypto_.randomBytes)(KEY_BYTES).toString('base64');
    const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: place.namespace, labels: build_place/* MANAGED_BY */.Kf },
        immutable: true,
        data: { [KEY]: key },
    };
    try {
        return keyIn(await (0,write_once/* writeOnce */.F)(api, secret, ({ data }) => data));
    }
    catch (thrown) {
        const found = (0,write_once/* isRobbed */.n)(thrown) ? await readKey(api, place) : undefined;
        if (found === undefined)
            throw thrown;
        return found;
    }
}
function keyIn({ data, metadata }) {
    if ((0,json/* isObject */.Gv)(data) && (0,json/* isString */.Kg)(data[KEY]))
        return data[KEY];
    throw (0,errors/* userError */.IF)(`The Secret ${metadata.name} has no ${KEY}, so somebody else made or changed it.`, `look at it: kubectl get secret ${metadata.name} -o yaml`);
}

;// CONCATENATED MODULE: ./packages/k8s/build/prepare.js







/** Stands for the key where none is and nothing may be written. */
const NO_KEY = 'no key yet';
/** The manifests as objects of this namespace, with the chosen images. */
async function placeIngredients({ manifests, images }, namespace, api) {
    return withImages(await placeObjects(manifests, namespace, api), images);
}
/** The objects as they will be applied, and the record that names them. */
async function prepareRelease(objects, { images, origin }, api, place, { mode, log, knownKey }) {
    const key = knownKey ?? (mode === 'apply' ? await ensureKey(api, place) : await readKey(api, place));
    if (key === undefined && objects.some(({ kind }) => kind === 'Secret')) {
        log.info('Nothing was deployed here yet, so the names of Secrets and the digest of the release will be others.');
    }
    const set = (0,release_set/* createSet */.ju)((0,job_names/* nameJobs */.e)((0,hash_configs/* hashConfigs */.U)(objects, key ?? NO_KEY)), key ?? NO_KEY);
    const records = images.flatMap(({ release }) => (release === undefined ? [] : [release]));
    return { set, release: releaseOf(set, place, { ...origin, images: records }) };
}

// EXTERNAL MODULE: ./packages/rollout/build/journal.js
var build_journal = __webpack_require__(9919);
// EXTERNAL MODULE: ./packages/rollout/build/ledger.js
var build_ledger = __webpack_require__(3835);
;// CONCATENATED MODULE: ./packages/k8s/build/ledger-archive.js






/** The key of the lines, in an archive as in the records. */
const LEDGER = 'ledger.jsonl';
const SCHEMA = 'slipway.ledger-archives/v1';
/** A ConfigMap holds 1 MiB; but the ledger goes over the line with each write of the journal. */
const MOST_BYTES = 192 * 1024;
/** Some 50 lines: most runs read no archive. */
const STAY_BYTES = 64 * 1024;
/** As `archives.json` of the records lists them, the oldest first. */
function parseArchives(text) {
    const value = (0,json/* parseJson */.qF)(text ?? '');
    return (0,json/* isObject */.Gv)(value) && value.schema === SCHEMA && (0,json/* isArrayOf */.lF)(value.archives, isArchive) ? value.archives : [];
}
function formatArchives(archives) {
    return (0,json/* canonicalJson */.dj)({ schema: SCHEMA, archives });
}
/**
 * A ledger that may have grown too long, as it stays in the records, and where its oldest lines are. They are written
 * before anybody is told to leave them out; who dies in between leaves a copy, which the next one takes as it is.
 */
async function makeRoom(ledger, archives, api, place) {
    const oldest = oldestLines(ledger);
    if (oldest === '')
        return { ledger, archives };
    // No app and environment make a name with a dot.
    const name = `${(0,build_place/* recordName */.xD)(place)}.ledger-${archives.length + 1}`;
    const moved = await store(name, oldest, api, place);
    if (!moved.endsWith('\n') || !ledger.startsWith(moved) || moved.length === ledger.length) {
        throw (0,errors/* userError */.IF)(`The ConfigMap ${name} is in the way of the oldest lines of the ledger, and holds others.`, `delete it: kubectl delete configmap ${name} -n ${place.namespace}`);
    }
    const archive = { name, lines: moved.split('\n').length - 1, last: (0,build_ledger/* lastDigest */.Lv)(moved) };
    return { ledger: ledger.slice(moved.length), archives: [...archives, archive] };
}
/** Empty as long as there is room. The newest line always stays. */
function oldestLines(ledger) {
    if (Buffer.byteLength(ledger) <= MOST_BYTES)
        return '';
    const lines = ledger.split(/(?<=\n)/);
    let bytes = 0;
    const first = lines.findLastIndex((line) => {
        bytes += Buffer.byteLength(line);
        return bytes > STAY_BYTES;
    });
    return lines.slice(0, Math.min(first + 1, lines.length - 1)).join('');
}
async function store(name, text, api, place) {
    const { namespace } = place;
    const archive = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace, labels: { ...build_place/* MANAGED_BY */.Kf, [build_place/* RECORD_LABEL */.Hd]: (0,build_place/* recordName */.xD)(place) } },
        immutable: true,
        data: { [LEDGER]: text },
    };
    try {
        return textIn(await (0,write_once/* writeOnce */.F)(api, archive, ({ data }) => data));
    }
    catch (thrown) {
        if (!(0,write_once/* isRobbed */.n)(thrown))
            throw thrown;
        return textIn(await api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }));
    }
}
/** Reads archives, each once: they never change. */
function openArchives(api, { namespace }) {
    const texts = new Map();
    async function read(name) {
        const text = texts.get(name) ?? api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }).then(textIn);
        texts.set(name, text);
        return await text.catch((thrown) => {
            texts.delete(name);
            throw thrown;
        });
    }
    return {
        /** The lines of the records, and those before them: as far back as `keep` healthy releases, or all there are. */
        async read(ledger, archives, keep) {
            if (keep === Number.POSITIVE_INFINITY)
                await Promise.all(archives.map(({ name }) => read(name)));
            let known = (0,build_ledger/* parseLedger */.h8)(ledger, archives.at(-1)?.last);
            for (const [at, archive] of [...archives.entries()].toReversed()) {
                if ((0,build_ledger/* healthy */.s2)(known.entries).length >= keep)
                    break;
                const { entries, problems } = parseArchive(archive, archives[at - 1], await read(archive.name));
                known = { entries: [...entries, ...known.entries], problems: [...problems, ...known.problems] };
            }
            return known;
        },
    };
}
function parseArchive({ name, lines, last }, before, text) {
    if (text === '') {
        return { entries: [], problems: [`The ledger lacks ${lines} lines: the ConfigMap ${name} is not there any more.`] };
    }
    const { entries, problems } = (0,build_ledger/* parseLedger */.h8)(text, before?.last);
    if ((0,build_ledger/* lastDigest */.Lv)(text) === last)
        return { entries, problems };
    return { entries, problems: [...problems, `The ledger was changed: the ConfigMap ${name} does not end as it did.`] };
}
function textIn(archive) {
    const data = archive?.data;
    return (0,json/* isObject */.Gv)(data) && (0,json/* isString */.Kg)(data[LEDGER]) ? data[LEDGER] : '';
}
function isArchive(value) {
    return (0,json/* isObject */.Gv)(value) && (0,json/* isString */.Kg)(value.name) && (0,json/* isInteger */.Fq)(value.lines) && (0,build_digest/* isDigest */.Bc)(value.last);
}

;// CONCATENATED MODULE: ./packages/k8s/build/records.js







const JOURNAL = 'journal.jsonl';
const INSTALLED = 'installed';
const FOUND = 'found.json';
const ARCHIVES = 'archives.json';
/** A ConfigMap holds 1 MiB: the journal is for the run that was cut off, so its last lines are enough. */
const JOURNAL_LINES = 100;
/**
 * Ledger and journal of an app in one ConfigMap, in the very formats of the files on hosts: `kubectl get configmap -o
 * jsonpath` reads them; the oldest lines of the ledger move to archives. Each write names the version that it
 * continues; who was robbed of the lease fails there. `keep` healthy releases are always in what is read.
 */
function createRecords(api, place, keep) {
    const ref = (0,build_place/* recordRef */.Ji)('ConfigMap', place);
    const archived = openArchives(api, place);
    const lost = new AbortController();
    let known;
    let reach = 'kept';
    let owed = '';
    async function write(data) {
        const { name, namespace } = ref;
        const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels: build_place/* MANAGED_BY */.Kf };
        const object = known ?? { apiVersion: 'v1', kind: 'ConfigMap', metadata };
        try {
            known = await (0,write_once/* writeOnce */.F)(api, { ...object, data }, dataOf);
        }
        catch (thrown) {
            if ((0,write_once/* isRobbed */.n)(thrown))
                lost.abort(new Error('another run writes the records of this app'));
            throw thrown;
        }
    }
    async function understand(data = dataOf(known)) {
        const most = reach === 'whole' ? Number.POSITIVE_INFINITY : keep;
        const { entries, problems } = await archived.read(data[LEDGER] ?? '', parseArchives(data[ARCHIVES]), most);
        const installed = data[INSTALLED];
        return {
            entries,
            problems,
            journal: data[JOURNAL] ?? '',
            installed: (0,build_digest/* isDigest */.Bc)(installed) ? installed : null,
            cutOff: cutOffIn(data[JOURNAL] ?? ''),
            found: foundIn(data),
        };
    }
    /** With the oldest lines of the ledger moved away, where it has grown too long. */
    async function inShape(data) {
        const before = parseArchives(data[ARCHIVES]);
        const { ledger, archives } = await makeRoom(data[LEDGER] ?? '', before, api, place);
        if (archives.length === before.length)
            return data;
        const shorter = { ...data, [LEDGER]: ledger, [ARCHIVES]: formatArchives(archives) };
        const { entries, installed, found } = await understand(shorter);
        // Nobody brings back the sets whose deployments moved.
        const kept = new Set([...entries.map(({ release }) => release.digest), installed ?? '']);
        const asked = Object.entries(found).filter(([digest]) => kept.has(digest));
        return { ...shorter, [FOUND]: JSON.stringify(Object.fromEntries(asked)) };
    }
    return {
        lost: lost.signal,
        async read(wanted = 'kept') {
            reach = wanted;
            known = await api.get(ref);
            return await understand();
        },
        async note(line, { installed, found } = {}) {
            const { [INSTALLED]: before, ...data } = dataOf(known);
            const after = installed === undefined ? before : (installed ?? undefined);
            await write({
                ...data,
                [JOURNAL]: tail(`${data[JOURNAL] ?? ''}${owed}${(0,build_journal/* formatJournalLine */.Rx)(line)}`),
                ...(after === undefined ? {} : { [INSTALLED]: after }),
                ...(found === undefined ? {} : { [FOUND]: JSON.stringify(found) }),
            });
            owed = '';
        },
        later(line) {
            owed += (0,build_journal/* formatJournalLine */.Rx)(line);
        },
        async flush() {
            if (owed === '')
                return;
            const data = dataOf(known);
            await write({ ...data, [JOURNAL]: tail(`${data[JOURNAL] ?? ''}${owed}`) });
            owed = '';
        },
        async append(entry) {
            const data = dataOf(known);
            const before = data[LEDGER] ?? '';
            const line = (0,build_ledger/* appendLine */.Xq)(before, entry);
            if (line !== '')
                await write(await inShape({ ...data, [LEDGER]: before + line }));
            return await understand();
        },
    };
}
function cutOffIn(journal) {
    const line = (0,build_journal/* parseJournal */.z8)(journal).findLast(({ kind }) => kind === 'start' || kind === 'retire');
    if (line === undefined || line.state === 'done')
        return null;
    return { before: (0,build_digest/* isDigest */.Bc)(line.before) ? line.before : null };
}
function foundIn(data) {
    const found = (0,json/* parseJson */.qF)(data[FOUND] ?? '{}');
    if (!(0,json/* isObject */.Gv)(found))
        return {};
    return Object.fromEntries(Object.entries(found).flatMap(([set, refs]) => ((0,json/* isArrayOf */.lF)(refs, json/* isString */.Kg) ? [[set, refs]] : [])));
}
function dataOf(object) {
    const data = object?.data;
    if (!(0,json/* isObject */.Gv)(data))
        return {};
    return Object.fromEntries(Object.entries(data).flatMap(([key, value]) => ((0,json/* isString */.Kg)(value) ? [[key, value]] : [])));
}
function tail(journal) {
    return `${journal.trimEnd().split('\n').slice(-JOURNAL_LINES).join('\n')}\n`;
}

;// CONCATENATED MODULE: ./packages/k8s/build/set-store.js


/** Recorded sets never change, so each is read once. */
function openSets(api, place, brought) {
    const read = new Map();
    async function find(digest) {
        if (brought?.set.digest === digest)
            return brought.set.objects;
        const known = read.get(digest) ?? (0,release_set/* loadSet */.jo)(digest, api, place);
        read.set(digest, known);
        try {
            const set = await known;
            if (set === undefined)
                read.delete(digest);
            return set;
        }
        catch (thrown) {
            read.delete(digest);
            throw thrown;
        }
    }
    return {
        brought,
        find,
        async objects(digest) {
            const found = await find(digest);
            if (found !== undefined)
                return found;
            throw (0,errors/* userError */.IF)(`The objects of ${digest} are not kept in the cluster any more.`, 'deploy it again');
        },
    };
}

;// CONCATENATED MODULE: ./packages/k8s/build/kinds.js


const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** What is rolled out, and watched to its end. */
function isWorkload(object) {
    return (0,build_object/* groupOf */.F8)(object) === 'apps' && WORKLOADS.has(object.kind);
}
/** A ConfigMap or Secret with a digest in its name: it belongs to the releases that name it, and never changes. */
function isHashedConfig({ kind, metadata }) {
    return (kind === 'ConfigMap' || kind === 'Secret') && metadata.annotations?.[hash_configs/* SOURCE_NAME */.c] !== undefined;
}

;// CONCATENATED MODULE: ./packages/k8s/build/session.js
/** The one member of a cluster: everything that a release is made of is moved as one. */
const MEMBER = 'cluster';

;// CONCATENATED MODULE: ./packages/k8s/build/observe.js






/** Kubernetes itself moves the traffic from pod to pod, so there is nothing to shift. */
const CAPABILITIES = { weights: 'none', slots: 1, shifts: 'each', replaces: 'gradually' };
/** Records, and whether what was installed last runs now: whole, ready, and as it was applied. */
async function observe(session) {
    const { place, records } = session;
    // Looked at beside the records, since those say mostly what we know already.
    const guess = session.recorded;
    const early = whyNotReady(guess, session).catch(() => undefined);
    // A rollback may go anywhere, and must know what was ever rolled back from.
    const recorded = await records.read(session.returning ? 'whole' : 'kept');
    session.recorded = recorded;
    const { installed, entries, problems } = recorded;
    const release = installed === null ? null : identify(installed, session);
    const why = (isSame(guess, recorded) ? await early : undefined) ?? (await whyNotReady(recorded, session));
    return {
        topology: {
            capabilities: CAPABILITIES,
            members: [
                {
                    id: MEMBER,
                    name: place.namespace,
                    slots: { blue: { release, healthy: installed !== null && why.length === 0, share: 100 } },
                    drainedByOperator: false,
                },
            ],
        },
        entries,
        unfinished: (0,build_journal/* unfinished */.M1)((0,build_journal/* parseJournal */.z8)(recorded.journal)).map(({ member }) => member),
        behind: [],
        notes: [...problems, ...why.map((sentence) => `Found so: ${sentence}`)],
    };
}
function isSame(a, b) {
    return a.installed === b.installed && (a.cutOff === null) === (b.cutOff === null);
}
async function whyNotReady({ installed, cutOff }, { sets, works }) {
    if (installed === null)
        return [];
    if (cutOff !== null)
        return ['a run before this one was cut off while it applied it'];
    const objects = await sets.find(installed);
    if (objects === undefined)
        return ['the objects that were applied last are not kept any more'];
    const asked = objects.filter((object) => !(0,job_names/* isJob */.o)(object) && !(0,release_set/* isRecordedSecret */.r3)(object));
    const [unready, changed] = await Promise.all([works.judge(objects.filter(isWorkload)), works.drifted(asked)]);
    return [...unready, ...changed];
}
/** What the ledger does not know was applied by a run that never came to its end. */
function identify(digest, { recorded, sets }) {
    const version = recorded.entries.find(({ release }) => release.digest === digest)?.release.version;
    const brought = sets.brought?.set.digest === digest ? sets.brought.release.version : undefined;
    return { digest, version: version ?? brought ?? (0,build_digest/* shortDigest */.VK)(digest) };
}

// EXTERNAL MODULE: ./packages/k8s/build/leftovers.js
var leftovers = __webpack_require__(9589);
;// CONCATENATED MODULE: ./packages/k8s/build/perform.js








/** Does a step; the intent is in the records before the effect. Whoever lost the lease fails there. */
async function perform(session, step, context) {
    switch (step.kind) {
        case 'stage':
            return await journaled(session, step, context, () => stage(session, step.release.digest, context.signal));
        case 'start':
            return await perform_start(session, step, context);
        case 'probe':
            return await probeWhileNoting(session, step.release.digest, context.signal);
        case 'retire':
            return await retire(session, step, context);
        // Kubernetes moves the traffic by itself, and these are not planned for it.
        case 'migrate':
        case 'shift':
            return [];
    }
}
/** The set, and configuration under names of its own: nothing that runs looks at them. */
async function stage({ api, place, sets, works }, digest, signal) {
    const objects = await sets.objects(digest);
    if (sets.brought?.set.digest === digest)
        await (0,release_set/* storeSet */.OF)(sets.brought.set, api, place);
    await works.apply(objects.filter((object) => isHashedConfig(object) && !(0,release_set/* isRecordedSecret */.r3)(object)), signal);
    return [];
}
async function perform_start(session, step, context) {
    const { digest } = step.release;
    const { api, sets, returning, recorded } = session;
    const { installed, cutOff, found } = recorded;
    const objects = await sets.objects(digest);
    // A set that was being applied when a run was cut off may be there in part, and so may the one before it.
    const left = [installed, cutOff?.before ?? null].flatMap((each) => (each === null || each === digest ? [] : [each]));
    const there = await Promise.all(left.map(async (each) => ({ each, set: (await sets.find(each)) ?? [] })));
    const back = returning || sets.brought?.set.digest !== digest;
    const before = there.flatMap(({ set }) => set);
    const known = found[digest] ?? (back ? [] : await (0,leftovers/* foundBefore */.w7)(objects, before, api));
    return await journaled(session, step, context, come, {
        first: { installed: digest, found: { ...found, [digest]: known } },
    });
    async function come() {
        // Jobs happen once, with the release that brings them: never on the way back.
        const first = !back && !(0,build_ledger/* healthy */.s2)(recorded.entries).some((release) => release.digest === digest);
        const trouble = await bring(session, digest, first ? objects : objects.filter((object) => !(0,job_names/* isJob */.o)(object)), context);
        if (trouble.length > 0 || !back)
            return trouble;
        return await removeAll(session, there.flatMap(({ each, set }) => (0,leftovers/* addedBy */.OM)(set, objects, found[each] ?? [])));
    }
}
/** Applies a set; Secrets without content are in the cluster under their names. */
async function bring({ works, applied }, digest, objects, { signal }) {
    const phases = (0,order/* inPhases */.co)(objects.filter((object) => !(0,release_set/* isRecordedSecret */.r3)(object)));
    await works.apply(phases.foundation, signal);
    const trouble = await works.runJobs(phases.jobs, signal);
    if (trouble.length > 0)
        return trouble;
    const written = await works.apply(phases.rollout, signal);
    applied.set(digest, written.filter(isWorkload));
    return [];
}
/** That the start was done is written while its pods come up. */
async function probeWhileNoting(session, digest, signal) {
    const noted = session.records.flush();
    // Told below; who was robbed ends by the signal.
    noted.catch(() => { });
    const trouble = await probe(session, digest, signal);
    await noted;
    return failures(session, trouble);
}
async function probe({ api, sets, works, applied }, digest, signal) {
    const written = applied.get(digest);
    if (written !== undefined)
        return await works.awaitRollout(written, signal);
    const workloads = (await sets.objects(digest)).filter(isWorkload);
    const now = await Promise.all(workloads.map(async (object) => (await api.get((0,build_object/* refOf */.H8)(object))) ?? object));
    return await works.awaitRollout(now, signal);
}
/**
 * What was brought up goes: to what the ledger calls live, when a run before this one died on its way from there; else
 * what the bad release added is deleted.
 */
async function retire(session, step, context) {
    const { sets, recorded } = session;
    const { installed, found, entries } = recorded;
    const before = (0,build_ledger/* live */.VD)(entries);
    if (installed === null)
        return [];
    const bad = await sets.objects(installed);
    if (before === null || before.digest === installed) {
        const gone = before === null ? (0,leftovers/* addedBy */.OM)(bad, [], found[installed] ?? []) : [];
        return await journaled(session, step, context, () => removeAll(session, gone), {
            last: { installed: null },
        });
    }
    const started = await perform_start(session, { ...step, kind: 'start', release: before }, context);
    return started.length > 0 ? started : await probeWhileNoting(session, before.digest, context.signal);
}
async function removeAll({ api, log }, objects) {
    for (const object of objects) {
        log.info(`${object.kind} ${object.metadata.name} came with the release that is left, and is deleted.`);
        await api.remove((0,build_object/* refOf */.H8)(object));
    }
    return [];
}
/** The intent before, the outcome after it; facts are so from the first touch on, or once all is done. */
async function journaled(session, step, { run, number }, effect, { first = {}, last = {} } = {}) {
    const release = 'release' in step ? step.release : null;
    const line = {
        run: run.id,
        attempt: run.attempt,
        step: number,
        kind: step.kind,
        member: MEMBER,
        slot: 'slot' in step ? step.slot : null,
        before: session.recorded.installed ?? '',
        after: release?.version ?? '',
        digest: release?.digest ?? null,
    };
    const note = async (state, facts) => {
        await session.records.note({ ...line, state }, facts);
        session.recorded = { ...session.recorded, ...facts };
    };
    await note('intent', first);
    const trouble = await effect();
    // Nobody is misled when the end of a step comes late: it is done again. What else is so from now on cannot wait.
    if (trouble.length === 0 && Object.keys(last).length === 0)
        session.records.later({ ...line, state: 'done' });
    else
        await note(trouble.length === 0 ? 'done' : 'failed', trouble.length === 0 ? last : {});
    if (step.kind === 'start' || step.kind === 'retire')
        session.recorded = { ...session.recorded, cutOff: null };
    return failures(session, trouble);
}
function failures({ place }, trouble) {
    return trouble.map((each) => ({ member: MEMBER, name: place.namespace, ...each }));
}

// EXTERNAL MODULE: ./packages/rollout/build/prune.js
var prune = __webpack_require__(8708);
;// CONCATENATED MODULE: ./packages/k8s/build/prune.js







const prune_AT_ONCE = 8;
/**
 * Removes sets that nobody goes back to, and configuration that only they name. A set that no ledger entry speaks of is
 * what a dead run left. `parts` are all that are there.
 */
async function prune_prune(session, parts, keep) {
    const isKnown = ({ entries }) => {
        const names = new Set(entries.map(({ release }) => (0,build_digest/* shortDigest */.VK)(release.digest)));
        return parts.every((part) => names.has((0,release_set/* setOf */.s4)(part)));
    };
    if (!isKnown(session.recorded))
        session.recorded = await session.records.read('whole');
    await pruneSets(parts, session, keep);
}
async function pruneSets(present, { api, sets, recorded: { entries, installed } }, keep) {
    const known = [...new Set(entries.map(({ release }) => release.digest))];
    const inUse = installed === null ? [] : [installed];
    const bad = new Set((0,prune/* prunable */.W)(known, entries, keep, inUse));
    const kept = [...known.filter((digest) => !bad.has(digest)), ...inUse];
    const names = new Set(kept.map(build_digest/* shortDigest */.VK));
    const parts = present.filter((part) => !names.has((0,release_set/* setOf */.s4)(part)));
    if (parts.length === 0)
        return;
    const left = new Set(parts.map(release_set/* setOf */.s4));
    const going = known.filter((digest) => left.has((0,build_digest/* shortDigest */.VK)(digest)));
    const [keptConfigs, leftConfigs] = await Promise.all([configsOf(kept), configsOf(going)]);
    const used = new Set(keptConfigs.map(leftovers/* keyOf */.TN));
    const configs = leftConfigs.filter((config) => !used.has((0,leftovers/* keyOf */.TN)(config)));
    await (0,parallel/* forAll */.L)(configs, prune_AT_ONCE, (config) => api.remove((0,build_object/* refOf */.H8)(config)));
    // Last, since they alone know the names of the others; and of each its first part first: without that it is none.
    await (0,parallel/* forAll */.L)([...Map.groupBy(parts, release_set/* setOf */.s4).values()], prune_AT_ONCE, async (ofOne) => {
        for (const part of ofOne)
            await api.remove((0,build_object/* refOf */.H8)(part));
    });
    async function configsOf(digests) {
        const found = await Promise.all(digests.map((digest) => sets.find(digest)));
        return found.flatMap((set) => set ?? []).filter(isHashedConfig);
    }
}

;// CONCATENATED MODULE: ./packages/k8s/build/target.js




/**
 * An app in a namespace of a cluster as a target: one member, which Kubernetes replaces pod by pod. `lost` is aborted
 * when nothing more can be said to the cluster.
 */
function createTarget(session, lease, lost) {
    const { records } = session;
    return {
        capabilities: CAPABILITIES,
        lost: AbortSignal.any([lost, lease.lost, records.lost]),
        lock: (waitMs, signal) => lease.lock(waitMs, signal),
        observe: () => observe(session),
        perform: (step, context) => perform(session, step, context),
        async record(entry, keep) {
            const [recorded, present] = await Promise.all([records.append(entry), (0,release_set/* listSets */.M9)(session.api, session.place)]);
            session.recorded = recorded;
            await prune_prune(session, present, keep);
        },
        unlock: () => lease.unlock(),
    };
}

;// CONCATENATED MODULE: ./packages/k8s/build/cluster-run.js












const NOTHING_RECORDED = {
    entries: [],
    journal: '',
    problems: [],
    installed: null,
    cutOff: null,
    found: {},
};
/** Kubernetes replaces pods by the rules in the manifests; there is one member, and it is never taken out. */
const TACTICS = {
    strategy: 'rolling',
    batch: [{ kind: 'percent', percent: 100 }],
    minAvailable: { kind: 'percent', percent: 100 },
    allowDowntime: false,
    pauseMs: 0,
    mixedVersions: 'allowed',
};
/** One deployment or rollback by an API: everything that can be refused is refused before the first write. */
async function runByApi(settings, task, ports) {
    const { app, environment, namespace } = settings;
    const place = { app, environment, namespace };
    const { api, clock, log, run, signal, lost } = ports;
    const records = createRecords(api, place, settings.keep);
    // Not yet the truth, since nobody holds the lease; but mostly it will be, and then some answers are there already.
    const hint = records.read().catch(() => NOTHING_RECORDED);
    const brought = task.kind === 'deploy' ? await cluster_run_bring(task, place, ports) : undefined;
    const holder = (0,external_node_crypto_.randomUUID)();
    const session = openSession(settings, task, place, { records, recorded: await hint, brought }, ports);
    const { installed } = session.recorded;
    if (task.kind === 'deploy' && installed !== null)
        void session.sets.find(installed).catch(() => { });
    if (task.kind === 'rollback') {
        await checkPermissions(installed === null ? [] : ((await session.sets.find(installed)) ?? []), place, api);
    }
    const lease = createLease({
        ...ports,
        ref: (0,build_place/* leaseRef */.mf)(place),
        token: holder,
        formerToken: ports.formerHolder,
        leaseMs: settings.lease,
    });
    try {
        if (task.mode === 'apply')
            ports.remember(holder);
        const result = await (0,execute/* execute */.g)({
            intent: intentOf(task, brought),
            mode: task.mode,
            target: createTarget(session, lease, lost),
            tactics: TACTICS,
            app,
            environment,
            maxFailures: 0,
            keep: settings.keep,
            lockWaitMs: settings.lockWait,
            run,
            clock,
            log,
            signal,
        });
        if (task.mode === 'apply' && !result.interrupted)
            ports.remember('');
        return { result, changes: task.mode === 'plan' ? await (0,changes.planChanges)(session, result, settings.forceConflicts) : [] };
    }
    catch (thrown) {
        // What the user can mend is said before anything is touched.
        if (thrown instanceof errors/* UserError */.yo)
            ports.remember('');
        throw thrown;
    }
}
/** The release, once nothing speaks against it; what does not is only warned about. */
async function cluster_run_bring({ ingredients, mode }, place, { api, log }) {
    const objects = await placeIngredients(ingredients, place.namespace, api);
    const [{ refuseEndless }, { findWarnings }] = await Promise.all([
        __webpack_require__.e(/* import() */ 887).then(__webpack_require__.bind(__webpack_require__, 6887)),
        __webpack_require__.e(/* import() */ 898).then(__webpack_require__.bind(__webpack_require__, 8898)),
    ]);
    refuseEndless(objects);
    // A key that cannot be read is told with all else that is missing, or when it is read again.
    const key = readKey(api, place).catch(() => undefined);
    await checkPermissions(objects, place, api);
    for (const warning of findWarnings(objects))
        log.warning((0,errors/* describeProblem */.BJ)(warning));
    return await prepareRelease(objects, ingredients, api, place, { mode, log, knownKey: await key });
}
/** Before the first write; what a rollback touches is as good as what is there. */
async function checkPermissions(objects, place, api) {
    const [{ findMissingPermissions }, { needsOf }] = await Promise.all([
        Promise.all(/* import() */[__webpack_require__.e(815), __webpack_require__.e(651)]).then(__webpack_require__.bind(__webpack_require__, 9651)),
        __webpack_require__.e(/* import() */ 346).then(__webpack_require__.bind(__webpack_require__, 8346)),
    ]);
    const missing = await findMissingPermissions(needsOf(objects, place.namespace), api);
    if (missing.length > 0)
        throw new errors/* UserError */.yo(missing);
}
function openSession(settings, { kind }, place, { brought, ...known }, ports) {
    const { api, log } = ports;
    return {
        api,
        place,
        log,
        sets: openSets(api, place, brought),
        ...known,
        works: createWorks({ ...ports, force: settings.forceConflicts, timeoutMs: settings.rolloutTimeout }),
        returning: kind !== 'deploy',
        applied: new Map(),
    };
}
function intentOf(task, brought) {
    if (task.kind === 'deploy' && brought !== undefined) {
        return { kind: 'deploy', release: brought.release, allowOlder: task.allowOlder };
    }
    return task.kind === 'rollback' ? { kind: 'rollback', to: task.to } : { kind: 'restore' };
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./packages/effects/build/exec.js
var build_exec = __webpack_require__(2138);
// EXTERNAL MODULE: ./packages/k8s/build/transport.js
var transport = __webpack_require__(3964);
;// CONCATENATED MODULE: ./packages/k8s/build/proxy.js




const START_MS = 15_000;
const proxy_POLL_MS = 10;
/** The arguments that name the cluster; for `kubectl kustomize` and such too. */
function clusterArgs({ kubeconfig, context }) {
    return [
        ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
        ...(context === undefined ? [] : [`--context=${context}`]),
    ];
}
/**
 * One `kubectl proxy` for the whole run: every kubeconfig, exec plug-in and OIDC log-in works, and no credential comes
 * near our code. It hangs on a watchdog, so that it never outlives us.
 */
async function openProxy(choice, ports) {
    const { exec, http, clock } = ports;
    const socketPath = (0,external_node_path_.join)(ports.privateFolder, 'api');
    const child = exec.start({
        argv: (0,build_exec/* guarded */.N)([choice.kubectl, ...clusterArgs(choice), 'proxy', `--unix-socket=${socketPath}`]),
    });
    const words = [];
    child.stderr.on('data', (chunk) => words.push(chunk.toString('utf8')));
    child.stdout.resume();
    const gone = new AbortController();
    const ended = child.finished.then(() => gone.abort(new Error(`kubectl proxy ended: ${words.join('').trim()}`)));
    const close = async () => {
        child.stdin.end();
        await child.finished;
    };
    try {
        const wanted = { method: 'GET', path: '/version', repeatable: true };
        // A busy cluster may refuse the first call as it does any other.
        if ((await firstStatus()) !== 200)
            await (0,transport/* call */.T1)(wanted, { ...ports, socketPath, lost: gone.signal });
    }
    catch (thrown) {
        const why = gone.signal.aborted ? words.join('').trim() : (0,errors/* messageOf */.bD)(thrown);
        await close();
        throw unreachable(choice, why);
    }
    return { socketPath, lost: gone.signal, close };
    /** Of the first answer, once it listens. */
    async function firstStatus() {
        const began = clock.monotonic();
        const ask = { url: 'http://localhost/version', socketPath, timeoutMs: START_MS };
        for (;;) {
            const answer = await http.request(ask).catch((cause) => {
                if (clock.monotonic() - began > START_MS)
                    throw cause;
            });
            if (answer !== undefined)
                return answer.status;
            gone.signal.throwIfAborted();
            await Promise.race([clock.sleep(proxy_POLL_MS), ended]);
        }
    }
}
function unreachable(choice, why) {
    const { context, kubectl } = choice;
    const which = context === undefined ? 'of the current context' : `of the context ${context}`;
    return (0,errors/* userError */.IF)(`The cluster ${which} cannot be reached: ${why}`, `look at it with: ${[kubectl, ...clusterArgs(choice), 'version'].join(' ')}`);
}

;// CONCATENATED MODULE: ./packages/k8s/build/run-on-cluster.js




/**
 * One deployment or rollback in the cluster of the inputs: connect, execute, and leave nothing behind here. A task that
 * has still to be read is read while we connect; when it cannot be, that is what is told.
 */
async function runOnCluster(inputs, task, ports) {
    // Not below the runner's own folder for such things: the path of a unix socket has to be short.
    const folder = await (0,files/* makePrivateFolder */.I2)('/tmp', 'slipway-');
    try {
        const [wanted, opened] = await Promise.allSettled([
            typeof task === 'function' ? task() : task,
            openProxy(inputs, { ...ports, privateFolder: folder }),
        ]);
        try {
            const known = resultOf(wanted);
            const { socketPath, lost } = resultOf(opened);
            const api = (0,client/* createClient */.UU)({ ...ports, socketPath, lost });
            const outcome = await runByApi(inputs, known, { ...ports, api, lost });
            for (const line of outcome.changes)
                ports.log.info(line);
            return outcome;
        }
        finally {
            if (opened.status === 'fulfilled')
                await opened.value.close();
        }
    }
    finally {
        await (0,files/* removeTree */.dM)(folder);
    }
}
function resultOf(settled) {
    if (settled.status === 'rejected')
        throw settled.reason;
    return settled.value;
}


/***/ })

};
