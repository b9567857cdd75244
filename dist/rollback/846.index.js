export const id = 846;
export const ids = [846,369];
export const modules = {

/***/ 2138:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   N: () => (/* binding */ guarded)
/* harmony export */ });
/**
 * The argv of a child that does not read its stdin, under a watchdog that ends it when our end of the pipe closes:
 * a SIGKILL gives us no last word.
 */
function guarded(argv) {
    return [
        'sh',
        '-c',
        // fd 3, since a shell gives its background commands /dev/null as stdin.
        'exec 3<&0; "$@" </dev/null 3<&- & p=$!; (cat <&3; kill "$p") >/dev/null 2>&1 & w=$!; wait "$p"; s=$?; kill "$w" 2>/dev/null; exit "$s"',
        'sh',
        ...argv,
    ];
}


/***/ }),

/***/ 7412:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CL: () => (/* binding */ statIfThere),
/* harmony export */   Gd: () => (/* binding */ renameFlushed),
/* harmony export */   Hu: () => (/* binding */ readBundled),
/* harmony export */   I2: () => (/* binding */ makePrivateFolder),
/* harmony export */   bt: () => (/* binding */ listFolder),
/* harmony export */   cl: () => (/* binding */ createWhole),
/* harmony export */   dM: () => (/* binding */ removeTree),
/* harmony export */   f8: () => (/* binding */ writeWhole),
/* harmony export */   fc: () => (/* binding */ makeFolder),
/* harmony export */   jH: () => (/* binding */ writeTo),
/* harmony export */   nB: () => (/* binding */ flushFolder),
/* harmony export */   pM: () => (/* binding */ readTextIfThere),
/* harmony export */   w6: () => (/* binding */ temporaryBeside),
/* harmony export */   zP: () => (/* binding */ readFrom)
/* harmony export */ });
/* unused harmony exports readText, linkTo, digestFile */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3024);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6760);
/* harmony import */ var _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2098);





/** Files are tested on real folders, so these are plain functions; only this room imports node:fs. */
async function readText(path) {
    return await fs.readFile(path, 'utf8');
}
/** The text of a file that is part of the program, such as a script beside the code: small, and always there. */
function readBundled(file) {
    return (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.readFileSync)(file, 'utf8');
}
/** The text, or undefined when there is no such file. */
async function readTextIfThere(path) {
    return await absentAs(undefined, node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.readFile(path, 'utf8'));
}
/** What is at the path itself (a link is not followed), or undefined. */
async function statIfThere(path) {
    return await absentAs(undefined, node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.lstat(path));
}
async function listFolder(path) {
    return (await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.readdir(path)).toSorted();
}
async function makeFolder(path, mode = 0o755) {
    await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.mkdir(path, { recursive: true, mode });
}
/** A private folder of our own below `parent`. */
async function makePrivateFolder(parent, prefix) {
    return await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.mkdtemp((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(parent, prefix));
}
async function removeTree(path) {
    await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm(path, { recursive: true, force: true });
}
/** The file is there whole or not at all: temporary file, flush, rename, flush of the folder. */
async function writeWhole(path, content, mode = 0o644) {
    const temporary = temporaryBeside(path);
    try {
        await writeFlushed(temporary, content, mode);
        await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rename(temporary, path);
    }
    catch (cause) {
        await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm(temporary, { force: true });
        throw cause;
    }
    await flushFolder((0,node_path__WEBPACK_IMPORTED_MODULE_3__.dirname)(path));
}
/** Like `writeWhole`, but only when nothing is there: false when somebody was first. link(2) is the referee. */
async function createWhole(path, content, mode = 0o644) {
    const temporary = temporaryBeside(path);
    try {
        await writeFlushed(temporary, content, mode);
        await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.link(temporary, path);
    }
    catch (cause) {
        if (cause.code === 'EEXIST')
            return false;
        throw cause;
    }
    finally {
        await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rm(temporary, { force: true });
    }
    await flushFolder((0,node_path__WEBPACK_IMPORTED_MODULE_3__.dirname)(path));
    return true;
}
/** A symbolic link at `path`, where nothing is yet. */
async function linkTo(target, path) {
    await fs.symlink(target, path);
}
function temporaryBeside(path) {
    return (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)((0,node_path__WEBPACK_IMPORTED_MODULE_3__.dirname)(path), `.${(0,node_path__WEBPACK_IMPORTED_MODULE_3__.basename)(path)}.${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes)(6).toString('hex')}.tmp`);
}
async function renameFlushed(from, to) {
    await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.rename(from, to);
    await flushFolder((0,node_path__WEBPACK_IMPORTED_MODULE_3__.dirname)(to));
}
function readFrom(path) {
    return (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createReadStream)(path, { highWaterMark: 1024 * 1024 });
}
/** A stream into a new file; it is flushed to the disk before it finishes. */
function writeTo(path, mode = 0o644) {
    return (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createWriteStream)(path, { flags: 'wx', mode, flush: true });
}
/** SHA-256 and length of a file's bytes, streamed. */
async function digestFile(path) {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of readFrom(path)) {
        hash.update(chunk);
        size += chunk.length;
    }
    return { digest: digestFromHex(hash.digest('hex')), size };
}
async function flushFolder(path) {
    const handle = await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.open(path, 'r');
    try {
        await handle.sync();
    }
    finally {
        await handle.close();
    }
}
async function writeFlushed(path, content, mode) {
    const handle = await node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.open(path, 'wx', mode);
    try {
        await handle.writeFile(content);
        await handle.sync();
    }
    finally {
        await handle.close();
    }
}
async function absentAs(absent, found) {
    try {
        return await found;
    }
    catch (cause) {
        const { code } = cause;
        if (code === 'ENOENT' || code === 'ENOTDIR')
            return absent;
        throw cause;
    }
}


/***/ }),

/***/ 9369:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   L: () => (/* binding */ forAll),
/* harmony export */   j: () => (/* binding */ settleAll)
/* harmony export */ });
/** Does the work for all items, at most `atOnce` at a time, and settles when all are settled; results in order. */
async function settleAll(items, atOnce, work) {
    const results = [];
    const queue = items.entries();
    const begin = async (item) => await work(item);
    const worker = async () => {
        for (const [index, item] of queue) {
            const [result] = await Promise.allSettled([begin(item)]);
            results[index] = result;
        }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
    return results;
}
/** Like `settleAll`; rejects with the first error once all are settled. */
async function forAll(items, atOnce, work) {
    const results = await settleAll(items, atOnce, work);
    return results.map((result) => {
        if (result.status === 'rejected')
            throw result.reason;
        return result.value;
    });
}


/***/ }),

/***/ 6205:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B9: () => (/* binding */ formatRelease),
/* harmony export */   BC: () => (/* binding */ parseRelease),
/* harmony export */   Bf: () => (/* binding */ releaseId),
/* harmony export */   DM: () => (/* binding */ TREE_MEDIA_TYPE),
/* harmony export */   He: () => (/* binding */ isRunRef),
/* harmony export */   io: () => (/* binding */ RELEASE_SCHEMA)
/* harmony export */ });
/* unused harmony export FILE_MEDIA_TYPE */
/* harmony import */ var _digest_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2098);
/* harmony import */ var _json_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5868);
/* harmony import */ var _names_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8288);



const RELEASE_SCHEMA = 'slipway.release/v1';
/** A folder, packed as a canonical tar and compressed. */
const TREE_MEDIA_TYPE = 'application/vnd.slipway.tree.v1.tar+gzip';
/** One file, transferred as it is. */
const FILE_MEDIA_TYPE = 'application/octet-stream';
function releaseId(record) {
    return { version: record.version, digest: record.digest };
}
/** One line of compact JSON with sorted keys: what an output carries and a ledger stores. */
function formatRelease(record) {
    return (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .canonicalJson */ .dj)(record);
}
/** Narrows a parsed `release.json`; every field that is wrong is named. Unknown fields are kept for later versions. */
function parseRelease(value) {
    if (!(0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isObject */ .Gv)(value))
        return [{ what: 'The release record is not a JSON object.', fix: HOW }];
    if (value.schema !== RELEASE_SCHEMA) {
        return [
            {
                what: 'The release record has another schema.',
                got: JSON.stringify(value.schema ?? null),
                allowed: RELEASE_SCHEMA,
                fix: HOW,
            },
        ];
    }
    const problems = CHECKS.filter((check) => !check.valid(value[check.field], value)).map((check) => ({
        what: `The release record's field "${check.field}" is wrong.`,
        got: JSON.stringify(value[check.field] ?? null),
        allowed: check.allowed,
        fix: HOW,
    }));
    return problems.length > 0 ? problems : value;
}
const HOW = 'use the "release" output of publish-artifact or build-push-image as it is';
const optional = (valid) => (value) => value === undefined || valid(value);
const isTime = (value) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(value) && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
const isFileName = (value) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(value) && /^[^/\0]{1,255}$/.test(value) && value !== '.' && value !== '..';
const isStrings = (value) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isArrayOf */ .lF)(value, _json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg);
const CHECKS = [
    { field: 'kind', allowed: '"file", "image" or "set"', valid: (v) => v === 'file' || v === 'image' || v === 'set' },
    { field: 'name', allowed: _names_js__WEBPACK_IMPORTED_MODULE_2__/* .NAME_RULE */ .$h, valid: (v) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(v) && (0,_names_js__WEBPACK_IMPORTED_MODULE_2__/* .isName */ .Eo)(v) },
    { field: 'version', allowed: _names_js__WEBPACK_IMPORTED_MODULE_2__/* .VERSION_RULE */ .wI, valid: (v) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(v) && (0,_names_js__WEBPACK_IMPORTED_MODULE_2__/* .isVersion */ .lF)(v) },
    { field: 'digest', allowed: 'sha256: and 64 hexadecimal digits', valid: _digest_js__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc },
    { field: 'contentDigest', allowed: 'sha256: and 64 hexadecimal digits, or absent', valid: optional(_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc) },
    { field: 'size', allowed: 'a whole number of bytes', valid: (v) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isInteger */ .Fq)(v) && v >= 0 },
    { field: 'mediaType', allowed: 'a media type', valid: (v) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(v) && /^[\w.+-]+\/[\w.+-]+$/.test(v) },
    {
        field: 'fileName',
        allowed: 'a base name; required for kind "file"',
        valid: (v, r) => (r.kind === 'file' ? isFileName(v) : v === undefined || isFileName(v)),
    },
    {
        field: 'fileMode',
        allowed: 'four octal digits, or absent',
        valid: optional((v) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(v) && /^0[0-7]{3}$/.test(v)),
    },
    { field: 'repository', allowed: 'a text', valid: _json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg },
    { field: 'ref', allowed: 'a text', valid: _json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg },
    {
        field: 'commit',
        allowed: '40 or 64 hexadecimal digits',
        valid: (v) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(v) && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(v),
    },
    { field: 'commitTime', allowed: 'RFC 3339 in UTC', valid: isTime },
    { field: 'run', allowed: '{id, attempt, number, url}', valid: isRunRef },
    {
        field: 'locations',
        allowed: 'a list of store URIs, at least one',
        valid: (v) => (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isArrayOf */ .lF)(v, _json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg) && v.length > 0,
    },
    { field: 'expires', allowed: 'RFC 3339 in UTC, or absent', valid: optional(isTime) },
    { field: 'provenance', allowed: 'a list of texts, or absent', valid: optional(isStrings) },
    { field: 'sbom', allowed: 'a list of texts, or absent', valid: optional(isStrings) },
];
function isRunRef(value) {
    return ((0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isObject */ .Gv)(value) && (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(value.id) && (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isInteger */ .Fq)(value.attempt) && (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isInteger */ .Fq)(value.number) && (0,_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(value.url));
}


/***/ }),

/***/ 136:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ JOURNAL_SCHEMA),
/* harmony export */   s: () => (/* binding */ LEDGER_SCHEMA)
/* harmony export */ });
const LEDGER_SCHEMA = 'slipway.ledger/v1';
const JOURNAL_SCHEMA = 'slipway.journal/v1';


/***/ }),

/***/ 6075:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  g: () => (/* binding */ execute)
});

// EXTERNAL MODULE: ./packages/effects/build/clock.js
var clock = __webpack_require__(193);
// EXTERNAL MODULE: ./packages/kernel/build/errors.js
var errors = __webpack_require__(1525);
// EXTERNAL MODULE: ./packages/strategy/build/describe.js
var describe = __webpack_require__(9531);
// EXTERNAL MODULE: ./packages/kernel/build/release.js
var build_release = __webpack_require__(6205);
// EXTERNAL MODULE: ./packages/rollout/build/entry.js
var entry = __webpack_require__(136);
// EXTERNAL MODULE: ./packages/rollout/build/ledger.js
var ledger = __webpack_require__(3835);
// EXTERNAL MODULE: ./packages/rollout/build/result.js
var result = __webpack_require__(1947);
;// CONCATENATED MODULE: ./packages/rollout/build/account.js




/** The account of a run that did nothing yet and knows nothing yet. */
function opening({ intent, app, environment }) {
    return {
        kind: intent.kind,
        app,
        environment,
        outcome: 'failed',
        release: intent.kind === 'deploy' ? (0,build_release/* releaseId */.Bf)(intent.release) : null,
        version: null,
        digest: null,
        previousVersion: null,
        plan: null,
        steps: [],
        members: [],
        failures: [],
        notes: [],
        interrupted: false,
        ms: 0,
    };
}
/** The account once the target was read and it is decided what to do, with nothing done. */
function decided(deployment, seen, decision) {
    const current = (0,ledger/* live */.VD)(seen.entries);
    const plan = decision.kind === 'go' ? decision.plan : null;
    const said = decision.kind === 'go' ? [...cutOff(seen, decision), ...decision.plan.notes] : [superseded(decision)];
    return {
        ...opening(deployment),
        outcome: 'planned',
        release: (0,build_release/* releaseId */.Bf)(decision.release),
        version: current?.version ?? null,
        digest: current?.digest ?? null,
        previousVersion: current?.version ?? null,
        plan,
        members: (0,result/* memberReports */.g8)(seen.topology, seen.topology, []),
        notes: [...seen.notes, ...said],
    };
}
/** The account of a journey, whatever its end. */
function account_closed(account, seen, { end, topology, ...journey }, ms) {
    const outcome = OUTCOMES[account.kind][end];
    const arrived = end === 'arrived' && account.release !== null;
    return {
        ...account,
        ...(arrived ? account.release : {}),
        ...journey,
        outcome,
        members: (0,result/* memberReports */.g8)(seen.topology, topology, journey.failures),
        notes: [...account.notes, ...journey.notes],
        interrupted: end === 'interrupted',
        ms,
    };
}
/** A rollback is green when it went back; that it undid itself when it failed must not look like that. */
const OUTCOMES = {
    deploy: { arrived: (0,result/* successOf */.Bu)('deploy'), returned: 'rolled-back', stranded: 'failed', interrupted: 'failed' },
    rollback: { arrived: (0,result/* successOf */.Bu)('rollback'), returned: 'failed', stranded: 'failed', interrupted: 'failed' },
    restore: { arrived: (0,result/* successOf */.Bu)('restore'), returned: 'failed', stranded: 'failed', interrupted: 'failed' },
};
/**
 * What every copy of the ledger will say of it. `at` is the wall clock in milliseconds. To restore what is live adds
 * nothing: the copies get what they may lack.
 */
function entryOf({ intent, tactics, app, environment, run }, seen, { release, bad }, { end }, at, ms) {
    const { kind } = intent;
    if (kind === 'restore')
        return seen.entries.at(-1);
    const outcome = OUTCOMES[kind][end];
    const previous = (0,ledger/* live */.VD)(seen.entries);
    return {
        schema: entry/* LEDGER_SCHEMA */.s,
        number: (0,ledger/* nextNumber */.Pt)(seen.entries),
        kind,
        outcome,
        app,
        environment,
        strategy: tactics.strategy,
        release,
        previous: previous === null ? null : (0,build_release/* releaseId */.Bf)(previous),
        bad: outcome === (0,result/* successOf */.Bu)(kind) ? bad : null,
        run,
        hosts: seen.topology.members.map((member) => member.id),
        balancers: seen.balancers ?? [],
        at: new Date(at).toISOString(),
        ms,
    };
}
function cutOff({ unfinished, topology }, { settled }) {
    const names = topology.members.filter(({ id }) => unfinished.includes(id)).map(({ name }) => name);
    if (settled || names.length === 0)
        return [];
    return [`A run before this one was cut off at ${names.join(', ')}: this one goes on from what it finds.`];
}
function superseded({ release, by }) {
    return (`${release.version} of run ${release.run.number} is older than ${by.version} of run ${by.run.number}, ` +
        'which is live; `allow-older: true` deploys it all the same.');
}

// EXTERNAL MODULE: ./packages/kernel/build/amount.js
var amount = __webpack_require__(2998);
// EXTERNAL MODULE: ./packages/strategy/build/topology.js
var build_topology = __webpack_require__(5951);
;// CONCATENATED MODULE: ./packages/strategy/build/availability.js


/**
 * The room that a rolling update has. Members that are down or drained cost nothing and come first, so that by the
 * time a serving member is taken out, everything but what an operator drained is in service.
 */
function roomFor(request, topology, takesOutServing) {
    const total = topology.members.length;
    const atStart = topology.members.filter(build_topology/* inService */.PX).length;
    const minAvailable = Math.min(Math.max(1, (0,amount/* resolveAmount */.LO)(request.minAvailable, total)), atStart);
    const batch = Math.max(1, (0,amount/* resolveAmount */.LO)(request.batch, total));
    if (!takesOutServing)
        return { minAvailable, batch, servingBatch: batch, notes: [] };
    const available = topology.members.filter((member) => !member.drainedByOperator).length;
    const spare = available - minAvailable;
    const problem = downtime(request, topology, available, minAvailable);
    if (problem === undefined) {
        const lowered = `The batch is ${spare} and not ${batch}: of ${available} members in service ${minAvailable} must stay.`;
        return { minAvailable, batch, servingBatch: Math.min(batch, spare), notes: spare < batch ? [lowered] : [] };
    }
    if (!request.allowDowntime)
        return [problem];
    const notes = [`allow-downtime: ${problem.what}`];
    // One at a time breaks the promise as little as can be.
    if (spare < 1)
        return { minAvailable: available - 1, batch, servingBatch: 1, notes };
    return { minAvailable, batch, servingBatch: Math.min(batch, spare), notes };
}
/** Why requests would be lost, or undefined when none are. */
function downtime(request, topology, available, minAvailable) {
    if (topology.capabilities.weights === 'none') {
        return {
            what: 'Without a balancer no traffic can be taken off a member, so replacing what is live loses requests.',
            fix: 'name the `balancer`, or accept it: `allow-downtime: true`',
        };
    }
    if (available > minAvailable)
        return undefined;
    if (available === 1) {
        const only = topology.members.find((member) => !member.drainedByOperator);
        return {
            what: `${only?.name} is the only member that can be in service, so replacing what is live loses requests.`,
            fix: 'add a member, or accept it: `allow-downtime: true`',
        };
    }
    return {
        what: 'Not even one member may be taken out of service.',
        got: `min-available: ${(0,amount/* formatAmount */.ej)(request.minAvailable)}, that is ${minAvailable} of ${available} members that can be in service`,
        allowed: `at most ${available - 1}`,
        fix: `\`min-available: ${available - 1}\`, or more members, or \`allow-downtime: true\``,
    };
}

;// CONCATENATED MODULE: ./packages/strategy/build/steps.js
/** All traffic of a member goes to this slot, or with null nowhere. */
function sharesFor(slot, capabilities) {
    const share = (name) => (name === slot ? 100 : 0);
    return capabilities.slots === 1 ? { blue: share('blue') } : { blue: share('blue'), green: share('green') };
}
/** The items by what `key` says of them, in order of first appearance. */
function grouped(items, key) {
    const groups = new Map();
    for (const item of items) {
        const group = groups.get(key(item));
        if (group === undefined)
            groups.set(key(item), [item]);
        else
            group.push(item);
    }
    return [...groups];
}
function chunked(items, size) {
    return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
/** Steps without members are no steps. */
function meaningful(steps) {
    return steps.filter((step) => step.members.length > 0);
}

;// CONCATENATED MODULE: ./packages/strategy/build/rolling.js




/**
 * Batches of drain, start, probe and full traffic. Everything is staged first, so that bad bytes or a full disk show
 * before any traffic moves; what is down or drained comes first, since it costs no capacity. A target that replaces
 * gradually makes its own batches: it gets all members at once, and what serves is not drained.
 */
function planRolling(request, topology) {
    const { release } = request;
    const { capabilities } = topology;
    const todo = topology.members.filter((member) => !(0,build_topology/* satisfies */.ib)(member, release));
    const ready = todo.filter((member) => (0,build_topology/* slotRunning */.kf)(member, release) !== undefined);
    const restart = todo.filter((member) => !ready.includes(member));
    const serving = restart.filter(build_topology/* inService */.PX);
    const gradually = capabilities.replaces === 'gradually';
    const room = roomFor(request, topology, serving.length > 0 && !gradually);
    if ((0,errors/* isProblems */.vB)(room))
        return room;
    const idle = restart.filter((member) => !serving.includes(member));
    const batches = gradually ? [restart] : [...chunked(idle, room.batch), ...chunked(serving, room.servingBatch)];
    return {
        strategy: 'rolling',
        release,
        steps: meaningful([
            { kind: 'stage', members: ids(restart), release },
            ...bringIn(ready),
            ...batches.flatMap((batch) => [...replace(batch), ...bringIn(batch)]),
        ]),
        minAvailable: room.minAvailable,
        notes: [...topology.members.filter((member) => member.drainedByOperator).map(respected), ...room.notes],
    };
    function replace(batch) {
        // Down members always: a balancer may call them up before our probe does.
        const drained = gradually ? batch.filter((member) => !(0,build_topology/* inService */.PX)(member)) : batch;
        return [
            { kind: 'shift', members: ids(routed(drained)), shares: sharesFor(null, capabilities) },
            ...bySlot(batch).map(([slot, members]) => ({ kind: 'start', members: ids(members), slot, release })),
        ];
    }
    function bringIn(batch) {
        return [
            ...bySlot(batch).map(([slot, members]) => ({ kind: 'probe', members: ids(members), slot, release })),
            ...bySlot(routed(batch)).map(([slot, members]) => ({
                kind: 'shift',
                members: ids(members.filter((member) => !keepsTraffic(member, slot))),
                shares: sharesFor(slot, capabilities),
            })),
        ];
    }
    function keepsTraffic(member, slot) {
        return gradually && (0,build_topology/* inService */.PX)(member) && member.slots[slot]?.share === 100;
    }
    function bySlot(members) {
        return grouped(members, (member) => (0,build_topology/* slotRunning */.kf)(member, release) ?? (0,build_topology/* liveSlot */.dz)(member) ?? 'blue');
    }
    function routed(members) {
        return capabilities.weights === 'none' ? [] : members.filter((member) => !member.drainedByOperator);
    }
}
function ids(members) {
    return members.map((member) => member.id);
}
function respected(member) {
    return `${member.name} was drained by somebody else: it is brought up to date and stays out of service.`;
}

;// CONCATENATED MODULE: ./packages/strategy/build/planner.js

const PLANNERS = {
    rolling: planRolling,
};
/** The steps from what is seen to what is asked for, or why that cannot be done without losing requests. */
function plan(request, topology) {
    return PLANNERS[request.strategy](request, topology);
}

// EXTERNAL MODULE: ./packages/kernel/build/digest.js
var digest = __webpack_require__(2098);
;// CONCATENATED MODULE: ./packages/rollout/build/choose.js



/**
 * The release that a rollback takes. `to`: empty for the newest that finished healthy, is not live and was never
 * rolled back from; `previous` for what was live before; else a version or a digest of the ledger.
 */
function chooseRollback(entries, liveDigest, to) {
    const known = (0,ledger/* healthy */.s2)(entries);
    const bad = new Set(entries.filter(ledger/* succeeded */.gq).map((entry) => entry.bad));
    const found = () => {
        if (to === '')
            return known.find(({ digest }) => digest !== liveDigest && !bad.has(digest));
        if (to === 'previous') {
            const before = entries.findLast(ledger/* succeeded */.gq)?.previous?.digest;
            return known.find(({ digest }) => digest === before);
        }
        return known.find(({ version, digest }) => to === version || to === digest);
    };
    return found() ?? [nothingToGoBackTo(to, known, liveDigest, bad)];
}
/**
 * The release that a rollback leaves: one that runs but never finished healthy (a run that died half way), else what
 * the ledger calls live.
 */
function leaving(entries, topology) {
    const known = new Set((0,ledger/* healthy */.s2)(entries).map(({ digest }) => digest));
    const running = topology.members
        .toSorted((a, b) => Number((0,build_topology/* inService */.PX)(b)) - Number((0,build_topology/* inService */.PX)(a)))
        .flatMap((member) => Object.values(member.slots).filter((slot) => slot.healthy))
        .flatMap(({ release, becoming }) => [becoming, release].flatMap((each) => each?.digest ?? []));
    return running.find((digest) => !known.has(digest)) ?? (0,ledger/* live */.VD)(entries)?.digest ?? null;
}
function nothingToGoBackTo(to, known, liveDigest, bad) {
    if (known.length === 0) {
        return {
            what: 'There is nothing to go back to: no release has finished healthy here yet.',
            fix: 'deploy a release first',
        };
    }
    const list = known.map((release) => {
        const marks = [release.digest === liveDigest ? 'live' : '', bad.has(release.digest) ? 'rolled back from' : ''];
        const said = marks.filter((mark) => mark !== '').join(', ');
        return `${release.version} (${(0,digest/* shortDigest */.VK)(release.digest)}${said === '' ? '' : `, ${said}`})`;
    });
    const allowed = `healthy releases in the ledger: ${list.join(', ')}`;
    const fix = 'to: <one of these versions or digests>';
    if (to === '') {
        return {
            what: 'There is nothing to go back to: every other healthy release was rolled back from, or there is none.',
            allowed,
            fix,
        };
    }
    if (to === 'previous')
        return { what: 'What was live before never finished healthy here.', allowed, fix };
    return { what: 'No healthy release of this name is in the ledger.', got: to, allowed, fix };
}

;// CONCATENATED MODULE: ./packages/rollout/build/order.js
/**
 * A slow run must not put its older release over a newer one: of the same repository and ref, the run with the lower
 * number is older, and of one run's releases the one with the earlier commit. Releases of different lines have no order.
 */
function isOlder(release, than) {
    if (release.digest === than.digest)
        return false;
    if (release.repository !== than.repository || release.ref !== than.ref)
        return false;
    if (release.run.number !== than.run.number)
        return release.run.number < than.run.number;
    return Date.parse(release.commitTime) < Date.parse(than.commitTime);
}

;// CONCATENATED MODULE: ./packages/rollout/build/decide.js






/** From what is wanted and what is seen to what is done; pure, so that `mode: plan` shows exactly what would run. */
function decide(intent, tactics, run, seen) {
    const current = (0,ledger/* live */.VD)(seen.entries);
    const { release, left } = wanted(intent, run, seen);
    if ((0,errors/* isProblems */.vB)(release))
        return release;
    if (intent.kind === 'deploy' && !intent.allowOlder && current !== null && isOlder(release, current)) {
        return { kind: 'superseded', release, by: current };
    }
    const planned = plan({ ...tactics, release: (0,build_release/* releaseId */.Bf)(release) }, seen.topology);
    if ((0,errors/* isProblems */.vB)(planned))
        return planned;
    return {
        kind: 'go',
        release,
        plan: planned,
        bad: left === release.digest ? null : left,
        settled: planned.steps.length === 0 && current?.digest === release.digest,
    };
}
function wanted(intent, run, { entries, topology }) {
    if (intent.kind === 'deploy')
        return { release: intent.release, left: null };
    if (intent.kind === 'restore')
        return { release: (0,ledger/* live */.VD)(entries) ?? NOTHING_WAS_LIVE, left: null };
    // A rollback that is repeated, since it died while it wrote its entry, must not go back a second time.
    const others = entries.filter((entry) => entry.run.id !== run.id);
    const left = leaving(others, topology);
    return { release: chooseRollback(others, left, intent.to), left };
}
const NOTHING_WAS_LIVE = [
    { what: 'Nothing was live here before, so there is nothing to bring back.', fix: 'run the deployment again' },
];

;// CONCATENATED MODULE: ./packages/strategy/build/unwind.js


/**
 * The way back to `before` once step `failedAt` of the plan was tried, on whichever of its members it took effect:
 * traffic first, process second, only what was touched, the failing batch first and then the earlier ones in reverse.
 * Members in `down` are known to be out of service and come first, since they cost no capacity.
 * What was down before ends stopped and without traffic, since nothing better is known of it. When nothing was in
 * service, members that were brought up in full stay: they are the last healthy version there is.
 */
function unwind(plan, before, failedAt, down = new Set()) {
    const { capabilities } = before;
    const stopStart = capabilities.replaces === 'stop-start';
    const tried = plan.steps.slice(0, failedAt + 1);
    const started = startedSlots(tried);
    const shifted = new Set(tried.flatMap((step) => (step.kind === 'shift' ? step.members : [])));
    const kept = before.members.some(build_topology/* inService */.PX)
        ? new Set()
        : broughtUp(plan.steps.slice(0, failedAt), capabilities);
    const batches = touched(tried, down).map((ids) => before.members.filter(({ id }) => ids.has(id) && !kept.has(id)));
    return meaningful(batches.flatMap(undo));
    function undo(members) {
        const routed = capabilities.weights === 'none' ? [] : members.filter((member) => !member.drainedByOperator);
        const cleared = routed.filter((member) => !(0,build_topology/* inService */.PX)(member) || (stopStart && started.has(member.id)));
        const old = members.flatMap(oldSlots);
        const replaced = old.filter(isReplaced);
        const lost = members.filter(({ id }) => started.has(id) && !replaced.some((slot) => slot.id === id));
        return [
            { kind: 'shift', members: cleared.map(({ id }) => id), shares: sharesFor(null, capabilities) },
            ...bySlot(replaced).map(stepOf('start')),
            ...retire(lost.map(({ id }) => id)),
            ...bySlot(old.filter((slot) => slot.share > 0 || isReplaced(slot))).map(stepOf('probe')),
            ...giveBack(routed.filter((member) => (0,build_topology/* inService */.PX)(member) && shifted.has(member.id))),
        ];
    }
    /** By us, or about to be by a run before us: a probe would wait for what is on its way. */
    function isReplaced({ id, slot, share, unsettled }) {
        return started.get(id) === slot || (unsettled && share > 0);
    }
    function retire(members) {
        return grouped(members, (id) => started.get(id) ?? 'blue').map(([slot, ids]) => ({
            kind: 'retire',
            members: ids,
            slot,
        }));
    }
}
function startedSlots(tried) {
    return new Map(tried.flatMap((step) => (step.kind === 'start' ? step.members.map((id) => [id, step.slot]) : [])));
}
/** Members by the last step that changed their traffic or process, the newest first: batches, in reverse. */
function touched(tried, first) {
    const changes = tried.filter(({ kind }) => kind === 'start' || kind === 'shift').toReversed();
    const all = changes.flatMap((step) => step.members);
    const seen = new Set();
    return [all.filter((id) => first.has(id)), ...changes.map((step) => step.members)].map((members) => {
        const batch = new Set(members.filter((id) => !seen.has(id)));
        for (const id of batch)
            seen.add(id);
        return batch;
    });
}
/** Members that were led through to the end: with full traffic, or healthy where there is no traffic to give. */
function broughtUp(done, capabilities) {
    const ends = (step) => capabilities.weights === 'none'
        ? step.kind === 'probe'
        : step.kind === 'shift' && Object.values(step.shares).some((share) => share > 0);
    return new Set(done.filter(ends).flatMap((step) => step.members));
}
function oldSlots(member) {
    const slots = Object.entries(member.slots);
    return slots.flatMap(([slot, { healthy, release, share, becoming }]) => healthy && release !== null ? [{ id: member.id, slot, release, share, unsettled: becoming !== undefined }] : []);
}
function bySlot(old) {
    return grouped(old, ({ slot, release }) => `${slot} ${release.digest}`).map(([, group]) => group);
}
function stepOf(kind) {
    return (group) => {
        const { slot, release } = group[0];
        return { kind, members: group.map(({ id }) => id), slot, release };
    };
}
/** Shares as they were, as far as they reached something healthy. */
function giveBack(members) {
    return grouped(members, (member) => JSON.stringify(sharesOf(member))).map(([, group]) => ({
        kind: 'shift',
        members: group.map(({ id }) => id),
        shares: sharesOf(group[0]),
    }));
}
function sharesOf(member) {
    return Object.fromEntries(Object.entries(member.slots).map(([name, slot]) => [name, slot.healthy ? slot.share : 0]));
}

// EXTERNAL MODULE: ./packages/kernel/build/duration.js
var duration = __webpack_require__(8658);
;// CONCATENATED MODULE: ./packages/strategy/build/predict.js
const EMPTY = { release: null, healthy: false, share: 0 };
/**
 * What a topology is once a step was done. Of a member that failed nothing good is assumed: it counts as out of
 * service, unless the step changes nothing that runs.
 */
function predict(topology, step, failed = new Set()) {
    const concerned = new Set(step.members);
    const after = (member) => {
        if (!concerned.has(member.id))
            return member;
        if (!failed.has(member.id))
            return done(member, step, topology.capabilities);
        return CHANGES_NOTHING_THAT_RUNS.has(step.kind) ? member : outOfService(member);
    };
    return { ...topology, members: topology.members.map(after) };
}
const CHANGES_NOTHING_THAT_RUNS = new Set(['stage', 'soak']);
function done(member, step, { replaces }) {
    switch (step.kind) {
        case 'stage':
        case 'soak':
            return member;
        case 'start':
            return withSlot(member, step.slot, (slot) => replaces === 'gradually' && slot.healthy
                ? { ...slot, becoming: step.release }
                : { release: step.release, healthy: false, share: slot.share });
        case 'probe':
            return withSlot(member, step.slot, ({ share }) => ({ release: step.release, healthy: true, share }));
        case 'retire':
            return withSlot(member, step.slot, stopped);
        case 'shift':
            return Object.entries(step.shares).reduce((changed, [name, share]) => withSlot(changed, name, (slot) => ({ ...slot, share })), member);
    }
}
function outOfService(member) {
    const names = Object.keys(member.slots);
    return names.reduce((changed, name) => withSlot(changed, name, stopped), member);
}
function stopped({ release, share }) {
    return { release, healthy: false, share };
}
function withSlot(member, name, change) {
    return { ...member, slots: { ...member.slots, [name]: change(member.slots[name] ?? EMPTY) } };
}

;// CONCATENATED MODULE: ./packages/rollout/build/run-steps.js





/**
 * Runs steps in order. A member that fails takes no part in later steps; one failure too many, or a step that would
 * leave too few members in service, ends the course. Once the signal is aborted nothing new starts.
 */
async function runSteps(course, ports) {
    const reports = [];
    const failed = new Set();
    let { topology } = course;
    const passage = (end) => {
        return { end, reports, failures: reports.flatMap((report) => report.failures), topology };
    };
    for (const [index, whole] of course.steps.entries()) {
        const step = { ...whole, members: whole.members.filter((id) => !failed.has(id)) };
        if (step.members.length === 0)
            continue;
        if (ports.signal.aborted)
            return passage({ kind: 'interrupted' });
        const title = (0,describe/* describeStep */.Ey)(step, topology);
        if (takesTooMuch(step, topology, course.minAvailable)) {
            const why = `"${title}" would leave fewer than ${course.minAvailable} members in service.`;
            return passage({ kind: 'failed', at: index - 1, why });
        }
        const began = ports.clock.monotonic();
        const number = course.stepsBefore + reports.length + 1;
        const failures = await attempt(step, number, topology, ports);
        const ms = ports.clock.monotonic() - began;
        if (failures === 'interrupted') {
            ports.log.info(`${number} ${title}: interrupted after ${(0,duration/* humanSeconds */.Nj)(ms)}`);
            return passage({ kind: 'interrupted' });
        }
        await tell(`${number} ${title}: ${(0,duration/* humanSeconds */.Nj)(ms)}`, failures, ports.log);
        reports.push({ number, phase: course.phase, kind: step.kind, title, ms, failures });
        for (const failure of failures)
            failed.add(failure.member);
        topology = predict(topology, step, new Set(failures.map((failure) => failure.member)));
        if (failed.size > course.budget) {
            return passage({ kind: 'failed', at: index, why: `${title}: ${failures.map(inWords).join('; ')}` });
        }
    }
    return passage({ kind: 'done' });
}
/**
 * When nothing can be said of any member, all of them count as failed. Bytes that cannot be had are nobody's failure
 * while nothing is touched yet.
 */
async function attempt(step, number, topology, { target, run, releases, signal }) {
    try {
        const failures = await target.perform(step, { run, number, releases, signal });
        return signal.aborted && failures.length > 0 ? 'interrupted' : failures;
    }
    catch (thrown) {
        if (signal.aborted)
            return 'interrupted';
        if (number === 1 && step.kind === 'stage' && thrown instanceof errors/* UserError */.yo)
            throw thrown;
        const names = new Map(topology.members.map((member) => [member.id, member.name]));
        return step.members.map((member) => ({
            member,
            name: names.get(member) ?? member,
            what: (0,errors/* messageOf */.bD)(thrown),
            lastLines: [],
        }));
    }
}
/** One line, with the failures below it; a foldable part only where a member's own words would bury the rest. */
async function tell(line, failures, log) {
    const explain = async () => {
        for (const failure of failures) {
            log.info(inWords(failure));
            if (failure.lastLines.length > 0)
                log.foreign(failure.lastLines.join('\n'));
        }
    };
    if (failures.some(({ lastLines }) => lastLines.length > 0))
        return await log.group(line, explain);
    log.info(line);
    await explain();
}
function takesTooMuch(step, topology, minAvailable) {
    const now = topology.members.filter(build_topology/* inService */.PX).length;
    const then = predict(topology, step).members.filter(build_topology/* inService */.PX).length;
    return then < now && then < minAvailable;
}
function inWords(failure) {
    return `${failure.name}: ${failure.what}`;
}

;// CONCATENATED MODULE: ./packages/rollout/build/travel.js





/** Runs the plan and reads the fleet again; when too much failed, goes back and reads again. */
async function travel(plan, before, maxFailures, ports) {
    const concerned = new Set(plan.steps.flatMap((step) => step.members));
    // When every member fails, no budget makes that a success.
    const budget = Math.min(maxFailures, Math.max(0, concerned.size - 1));
    const { minAvailable, steps } = plan;
    const course = { phase: 'forward', topology: before, minAvailable, stepsBefore: 0 };
    const way = await runSteps({ ...course, steps, budget }, ports);
    if (way.end.kind === 'interrupted')
        return journey('interrupted', [way], way.topology);
    if (way.end.kind === 'failed')
        return goBack(plan, before, way, way.end, ports);
    if (steps.length === 0)
        return journey('arrived', [way], before);
    const seen = await look(ports);
    if (seen.kind === 'interrupted')
        return journey('interrupted', [way], way.topology);
    if (seen.kind === 'blind')
        return journey('stranded', [way], way.topology, [`${seen.why} Run this again.`]);
    const failures = [...way.failures, ...notAsAsked(seen.topology, plan.release, way.failures)];
    const arrived = { ...way, failures, topology: seen.topology };
    if (failures.length > budget) {
        const why = failures.map(({ name, what }) => `${name}: ${what}`).join('; ');
        return goBack(plan, before, arrived, { at: steps.length - 1, why }, ports);
    }
    return setAside(arrived, minAvailable, ports);
}
async function goBack(plan, before, way, { at, why }, ports) {
    ports.log.info(`Going back: ${why}`);
    const back = await runSteps({
        phase: 'back',
        steps: unwind(plan, before, at, new Set(way.failures.map((failure) => failure.member))),
        topology: way.topology,
        minAvailable: plan.minAvailable,
        budget: Number.POSITIVE_INFINITY,
        stepsBefore: way.reports.length,
    }, ports);
    const parts = [way, back];
    if (back.end.kind === 'interrupted')
        return journey('interrupted', parts, back.topology, [why]);
    const halted = back.end.kind === 'failed' ? [`The way back ended early: ${back.end.why}`] : [];
    const seen = await look(ports);
    if (seen.kind === 'interrupted')
        return journey('interrupted', parts, back.topology, [why]);
    if (seen.kind === 'blind')
        return journey('stranded', parts, back.topology, [why, ...halted, seen.why]);
    const changed = differences(before, seen.topology, plan.release);
    const end = changed.length === 0 && back.failures.length === 0 && halted.length === 0 ? 'returned' : 'stranded';
    return journey(end, parts, seen.topology, [why, ...halted, ...changed]);
}
/** Members that failed within the budget end without traffic, as far as the others can spare them. */
async function setAside(way, minAvailable, ports) {
    const { capabilities, members } = way.topology;
    const failed = members.filter((m) => !m.drainedByOperator && way.failures.some(({ member }) => member === m.id));
    if (failed.length === 0 || capabilities.weights === 'none')
        return journey('arrived', [way], way.topology);
    const course = {
        phase: 'forward',
        steps: [{ kind: 'shift', members: failed.map(({ id }) => id), shares: sharesFor(null, capabilities) }],
        topology: way.topology,
        minAvailable,
        budget: Number.POSITIVE_INFINITY,
        stepsBefore: way.reports.length,
    };
    const aside = await runSteps(course, ports);
    const notes = aside.end.kind === 'failed' ? [`What failed keeps the traffic that it had: ${aside.end.why}`] : [];
    const end = aside.end.kind === 'interrupted' ? 'interrupted' : 'arrived';
    // These members count as failed already.
    return journey(end, [way, { ...aside, failures: [] }], aside.topology, notes);
}
async function look({ target, signal }) {
    try {
        return { kind: 'seen', topology: (await target.observe(signal)).topology };
    }
    catch (thrown) {
        if (signal.aborted)
            return { kind: 'interrupted' };
        return { kind: 'blind', why: `The members could not be read again: ${(0,errors/* messageOf */.bD)(thrown)}` };
    }
}
function notAsAsked(seen, release, known) {
    return seen.members
        .filter((member) => !(0,build_topology/* satisfies */.ib)(member, release) && !known.some((failure) => failure.member === member.id))
        .map((member) => ({
        member: member.id,
        name: member.name,
        what: `${release.version} was brought up, and yet the member ${serves(member)} at the end`,
        lastLines: [],
    }));
}
/** Where users do not get what they got before; what came up by itself meanwhile is no harm. */
function differences(before, now, left) {
    return before.members.flatMap((member) => {
        const found = now.members.find(({ id }) => id === member.id);
        if (found === undefined)
            return [`${member.name} is gone.`];
        const was = (0,build_topology/* servedRelease */.h)(member)?.digest;
        const is = (0,build_topology/* servedRelease */.h)(found)?.digest;
        if (is === was || (was === undefined && is !== left.digest))
            return [];
        return [`${member.name} ${serves(found)}, and before it ${serves(member).replace('serves', 'served')}.`];
    });
}
function serves(member) {
    return `serves ${(0,build_topology/* servedRelease */.h)(member)?.version ?? 'nobody'}`;
}
function journey(end, parts, topology, notes = []) {
    return {
        end,
        steps: parts.flatMap((part) => part.reports),
        failures: parts.flatMap((part) => part.failures),
        notes,
        topology,
    };
}

;// CONCATENATED MODULE: ./packages/rollout/build/execute.js






/**
 * Brings a target to what is asked for: lock, read, decide, act, and on failure go back; read again, record, unlock.
 * What the user can mend is thrown as a UserError before anything is touched.
 */
async function execute(options) {
    const { target } = options;
    const signal = AbortSignal.any([options.signal, target.lost]);
    try {
        if (options.mode === 'plan')
            return await converge(options, signal);
        await target.lock(options.lockWaitMs, signal);
        try {
            return await converge(options, signal);
        }
        finally {
            await unlock(options);
        }
    }
    catch (thrown) {
        if (!signal.aborted)
            throw thrown;
        return interrupted(opening(options), signal);
    }
}
async function converge(options, signal) {
    const { target, clock, log, keep } = options;
    const seen = await target.observe(signal);
    const decision = decide(options.intent, options.tactics, options.run, seen);
    if ((0,errors/* isProblems */.vB)(decision))
        throw new errors/* UserError */.yo(decision);
    const account = decided(options, seen, decision);
    if (decision.kind === 'superseded')
        return { ...account, outcome: 'superseded' };
    const { plan, release } = decision;
    for (const line of (0,describe/* describePlan */.df)(plan, seen.topology))
        log.info(line);
    if (decision.settled) {
        if (options.mode === 'apply')
            await bringUpToDate(options, seen);
        return { ...account, outcome: 'unchanged' };
    }
    if (options.mode === 'plan')
        return account;
    const began = clock.monotonic();
    const ports = { target, run: options.run, releases: known(seen, release), clock, log, signal };
    const journey = await travel(plan, seen.topology, options.maxFailures, ports);
    const ms = Math.round(clock.monotonic() - began);
    const result = account_closed(account, seen, journey, ms);
    if (result.interrupted)
        return interrupted(result, signal);
    try {
        const entry = entryOf(options, seen, decision, journey, clock.wall(), ms);
        if (entry !== undefined)
            await target.record(entry, keep);
        return result;
    }
    catch (thrown) {
        const note = `The ledger could not be written, so run this again: ${(0,errors/* messageOf */.bD)(thrown)}`;
        return { ...result, outcome: 'failed', notes: [...result.notes, note] };
    }
}
/** Copies that missed the last deployment get it when it is run again. */
async function bringUpToDate({ target, keep }, seen) {
    const newest = seen.entries.at(-1);
    if (newest !== undefined && seen.behind.length > 0)
        await target.record(newest, keep);
}
function known(seen, release) {
    const records = [...seen.entries.map((entry) => entry.release), release];
    return new Map(records.map((record) => [record.digest, record]));
}
function interrupted(account, signal) {
    const note = `Interrupted (${(0,clock/* reasonOf */.A3)(signal).message}): nothing unproven has traffic, and the next run goes on from here.`;
    return { ...account, outcome: 'failed', interrupted: true, notes: [...account.notes, note] };
}
/** A lease that cannot be given back ends by itself: no reason to hide how the run ended. */
async function unlock({ target, log }) {
    try {
        await target.unlock();
    }
    catch (thrown) {
        log.warning(`The lease could not be given back, and will end by itself: ${(0,errors/* messageOf */.bD)(thrown)}`);
    }
}


/***/ }),

/***/ 9919:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M1: () => (/* binding */ unfinished),
/* harmony export */   Rx: () => (/* binding */ formatJournalLine),
/* harmony export */   Xd: () => (/* binding */ drainedByUs),
/* harmony export */   Ym: () => (/* binding */ formatShares),
/* harmony export */   z8: () => (/* binding */ parseJournal)
/* harmony export */ });
/* unused harmony export parseShares */
/* harmony import */ var _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2098);
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5868);
/* harmony import */ var _entry_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(136);



/** One line with its newline, to be flushed before the effect (`intent`) and after it. */
function formatJournalLine(line) {
    return `${(0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .canonicalJson */ .dj)({ schema: _entry_js__WEBPACK_IMPORTED_MODULE_2__/* .JOURNAL_SCHEMA */ .e, ...line })}\n`;
}
/** The lines that are whole and of our schema. A torn line announced an effect that never began. */
function parseJournal(text) {
    return text.split('\n').map(_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .parseJson */ .qF).filter(isJournalLine);
}
/** Per member the last line, where it is an intent that nobody finished: what a dead run left behind. */
function unfinished(lines) {
    const last = new Map();
    for (const line of lines)
        last.set(line.member, line);
    return [...last.values()].filter((line) => line.state === 'intent');
}
/**
 * Whether a member that is seen without traffic was drained by us: our last word on its traffic was a drain, or was
 * never finished. Else somebody outside of us did it, and it is respected.
 */
function drainedByUs(lines, member) {
    const last = lines.findLast((line) => line.kind === 'shift' && line.member === member);
    if (last === undefined)
        return false;
    return last.state !== 'done' || Object.values(parseShares(last.after)).every((share) => share === 0);
}
/** Shares as `before` and `after` of a journal line hold them: `blue=0,green=100`. */
function formatShares(shares) {
    return Object.entries(shares)
        .map(([slot, share]) => `${slot}=${share}`)
        .join(',');
}
function parseShares(text) {
    const shares = {};
    for (const [, slot, share] of text.matchAll(/\b(blue|green)=(\d+)\b/g))
        shares[slot] = Number(share);
    return shares;
}
function isJournalLine(value) {
    return ((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isObject */ .Gv)(value) &&
        value.schema === _entry_js__WEBPACK_IMPORTED_MODULE_2__/* .JOURNAL_SCHEMA */ .e &&
        [value.run, value.kind, value.member, value.before, value.after].every(_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg) &&
        [value.attempt, value.step].every(_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isInteger */ .Fq) &&
        (value.slot === null || (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_1__/* .isString */ .Kg)(value.slot)) &&
        (value.digest === null || (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(value.digest)) &&
        (value.state === 'intent' || value.state === 'done' || value.state === 'failed'));
}


/***/ }),

/***/ 3835:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Jm: () => (/* binding */ isBehind),
/* harmony export */   KC: () => (/* binding */ union),
/* harmony export */   Lv: () => (/* binding */ lastDigest),
/* harmony export */   Pt: () => (/* binding */ nextNumber),
/* harmony export */   VD: () => (/* binding */ live),
/* harmony export */   Xq: () => (/* binding */ appendLine),
/* harmony export */   gq: () => (/* binding */ succeeded),
/* harmony export */   h8: () => (/* binding */ parseLedger),
/* harmony export */   s2: () => (/* binding */ healthy),
/* harmony export */   wi: () => (/* binding */ continuation)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2098);
/* harmony import */ var _slipway_kernel_errors__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1525);
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5868);
/* harmony import */ var _slipway_kernel_release__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6205);
/* harmony import */ var _entry_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(136);





/** `end`: the text lacks lines at its beginning, so nobody knows what its first line continues. */
function parseLedger(text, part = 'whole') {
    const entries = [];
    const problems = [];
    const lines = linesOf(text);
    for (const [index, line] of lines.entries()) {
        const value = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .parseJson */ .qF)(line);
        const last = entries.at(-1);
        const where = last === undefined ? 'at its beginning' : `behind entry ${last.number}`;
        if (value === undefined) {
            problems.push(`The ledger has a torn line ${where}: whoever wrote it was interrupted.`);
        }
        else if ((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(value) && value.schema === _entry_js__WEBPACK_IMPORTED_MODULE_4__/* .LEDGER_SCHEMA */ .s) {
            if (!isEntry(value))
                problems.push(`The ledger has a line with wrong fields ${where}: it is left out.`);
            else
                entries.push(value);
            const known = index > 0 || part === 'whole';
            if (known && value.prev !== chainedTo(lines[index - 1])) {
                problems.push(`The ledger was changed: the line ${where} does not continue what stands before it.`);
            }
        }
    }
    return { entries, problems };
}
/** The digest that the next line continues. */
function lastDigest(text) {
    return chainedTo(linesOf(text).at(-1));
}
/**
 * What to append to a copy, newline included, so that it holds the entry; nothing when it already does. A torn last
 * line is closed and stays, since a ledger is only ever appended to.
 */
function appendLine(text, entry) {
    if (parseLedger(text).entries.some((known) => keyOf(known) === keyOf(entry)))
        return '';
    const line = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .canonicalJson */ .dj)({ ...entry, prev: lastDigest(text) });
    return text === '' || text.endsWith('\n') ? `${line}\n` : `\n${line}\n`;
}
/** What to append to a copy, of which perhaps only the end was read: the known entries that it lacks, and the added one. */
function continuation(text, known, added) {
    const own = parseLedger(text, 'end').entries;
    // What is older than all that was read may well stand further up.
    const since = own[0]?.number ?? 0;
    const missing = missingFrom(own, union([known, [added]])).filter(({ number }) => number >= since);
    return missing.reduce((more, entry) => more + appendLine(text + more, entry), '');
}
/** All copies as one: by number, a deploy before a rollback, then by run. */
function union(copies) {
    const known = new Map();
    for (const entry of copies.flat()) {
        if (!known.has(keyOf(entry)))
            known.set(keyOf(entry), entry);
    }
    return [...known.values()].toSorted((a, b) => a.number - b.number || compare(a.kind, b.kind) || compare(a.run.id, b.run.id));
}
/** Whether a copy lacks the newest of all entries. */
function isBehind(copy, all) {
    return missingFrom(copy, all.slice(-1)).length > 0;
}
function missingFrom(copy, all) {
    const known = new Set(copy.map(keyOf));
    return all.filter((entry) => !known.has(keyOf(entry)));
}
function nextNumber(entries) {
    return Math.max(0, ...entries.map((entry) => entry.number)) + 1;
}
/** A deployment that ended with its release live and healthy everywhere. */
function succeeded(entry) {
    return entry.outcome === (entry.kind === 'deploy' ? 'deployed' : 'rolled-back');
}
/** What the last successful deployment made live. */
function live(entries) {
    return entries.findLast(succeeded)?.release ?? null;
}
/** The releases that finished healthy, the newest first, each once. */
function healthy(entries) {
    const known = new Map();
    for (const { release } of entries.filter(succeeded).toReversed()) {
        if (!known.has(release.digest))
            known.set(release.digest, release);
    }
    return [...known.values()];
}
function linesOf(text) {
    const lines = text.split('\n');
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
function chainedTo(line) {
    return (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .digestOf */ .ol)(line ?? '');
}
/** Which deployment it is, whatever file it stands in. */
function keyOf({ number, kind, run }) {
    return `${number} ${kind} ${run.id}.${run.attempt}`;
}
function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}
function isEntry(value) {
    return (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(value) && Object.entries(FIELDS).every(([field, valid]) => valid(value[field]));
}
const isStrings = (value) => (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isArrayOf */ .lF)(value, _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg);
const oneOf = (...allowed) => (value) => (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg)(value) && allowed.includes(value);
const FIELDS = {
    schema: (v) => v === _entry_js__WEBPACK_IMPORTED_MODULE_4__/* .LEDGER_SCHEMA */ .s,
    number: (v) => (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isInteger */ .Fq)(v) && v > 0,
    kind: oneOf('deploy', 'rollback'),
    outcome: oneOf('deployed', 'rolled-back', 'failed'),
    app: _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg,
    environment: _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg,
    strategy: _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg,
    release: (v) => !(0,_slipway_kernel_errors__WEBPACK_IMPORTED_MODULE_1__/* .isProblems */ .vB)((0,_slipway_kernel_release__WEBPACK_IMPORTED_MODULE_2__/* .parseRelease */ .BC)(v)),
    previous: (v) => v === null || ((0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isObject */ .Gv)(v) && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg)(v.version) && (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(v.digest)),
    bad: (v) => v === null || (0,_slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc)(v),
    run: (v) => (0,_slipway_kernel_release__WEBPACK_IMPORTED_MODULE_2__/* .isRunRef */ .He)(v) && 'actor' in v && (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg)(v.actor),
    hosts: isStrings,
    balancers: isStrings,
    at: _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_3__/* .isString */ .Kg,
    ms: (v) => typeof v === 'number' && v >= 0,
    prev: _slipway_kernel_digest__WEBPACK_IMPORTED_MODULE_0__/* .isDigest */ .Bc,
};


/***/ }),

/***/ 8708:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   W: () => (/* binding */ prunable)
/* harmony export */ });
/* harmony import */ var _ledger_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3835);

/**
 * The releases on a host that may be removed: those of the ledger, without the `keep` newest healthy ones, what is
 * live, the healthy one before it, and whatever a process or slot still uses. What the ledger does not know is not ours.
 */
function prunable(present, entries, keep, inUse) {
    const good = (0,_ledger_js__WEBPACK_IMPORTED_MODULE_0__/* .healthy */ .s2)(entries).map((release) => release.digest);
    const current = (0,_ledger_js__WEBPACK_IMPORTED_MODULE_0__/* .live */ .VD)(entries)?.digest;
    const before = good.find((digest) => digest !== current);
    const kept = new Set([...good.slice(0, keep), current, before, ...inUse]);
    const ours = new Set(entries.map((entry) => entry.release.digest));
    return present.filter((digest) => ours.has(digest) && !kept.has(digest));
}


/***/ })

};
