export const id = 444;
export const ids = [444];
export const modules = {

/***/ 2444:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  fetchRelease: () => (/* binding */ fetchRelease)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./packages/effects/build/clock.js
var build_clock = __webpack_require__(193);
// EXTERNAL MODULE: ./packages/kernel/build/digest.js
var digest = __webpack_require__(2098);
// EXTERNAL MODULE: ./packages/kernel/build/errors.js
var errors = __webpack_require__(1525);
// EXTERNAL MODULE: external "node:url"
var external_node_url_ = __webpack_require__(3136);
;// CONCATENATED MODULE: ./packages/effects/build/disk-errors.js

const MEANINGS = {
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EFBIG: 'the file would be larger than allowed',
    ENOTDIR: 'a part of the path is not a folder',
    EEXIST: 'something else is there already',
    ENAMETOOLONG: 'the path is too long',
    EIO: 'the disk reports an error',
    ESTALE: 'the network file system lost it',
};
/** What a person can do something about becomes a UserError that says so; anything else is handed back as it came. */
function explainDisk(cause, what, path) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const meaning = MEANINGS[code];
    if (meaning === undefined)
        return cause;
    const got = `${meaning} (${(0,errors/* messageOf */.bD)(cause)})`;
    return new errors/* UserError */.yo({ what, got, fix: `check the rights and the free space of ${path}` }, { cause });
}

// EXTERNAL MODULE: ./packages/effects/build/files.js + 1 modules
var files = __webpack_require__(9028);
// EXTERNAL MODULE: ./packages/kernel/build/names.js
var names = __webpack_require__(8288);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:stream/promises"
var promises_ = __webpack_require__(6466);
;// CONCATENATED MODULE: ./packages/store/build/copy.js




/** Copies into a new, flushed file, and says what went through. */
async function copyMeasured(from, to, signal) {
    const hash = (0,external_node_crypto_.createHash)('sha256');
    let size = 0;
    const measure = async function* (chunks) {
        for await (const chunk of chunks) {
            hash.update(chunk);
            size += chunk.length;
            yield chunk;
        }
    };
    await (0,promises_.pipeline)((0,files/* readFrom */.zP)(from), measure, (0,files/* writeTo */.jH)(to), signal === undefined ? {} : { signal });
    return { digest: (0,digest/* digestFromHex */.Ch)(hash.digest('hex')), size };
}

// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
// EXTERNAL MODULE: ./packages/kernel/build/release.js
var build_release = __webpack_require__(6205);
;// CONCATENATED MODULE: ./packages/store/build/identity.js



/** The record that will stand in the store: one that could not be read back is refused before anything is written. */
function recordOf(draft, uri) {
    const record = { ...draft, locations: [uri] };
    const read = (0,build_release/* parseRelease */.BC)(record);
    if ((0,errors/* isProblems */.vB)(read))
        throw new errors/* UserError */.yo(read);
    return record;
}
/** Equal trees may be compressed differently on another machine: then their canonical tars are equal. */
function isSameContent(a, b) {
    return a.digest === b.digest || (a.contentDigest !== undefined && a.contentDigest === b.contentDigest);
}
/** What it means for a publisher that its version is in the store already. */
function settle(stored, draft) {
    if (isSameContent(stored, draft))
        return { outcome: 'already-published', record: stored };
    throw conflict(`${draft.name} ${draft.version} is already published with other content.`, stored, draft);
}
function conflict(what, theirs, ours) {
    return new errors/* UserError */.yo({
        what,
        got: `${ours.digest} of commit ${ours.commit}`,
        allowed: `${theirs.digest} of commit ${theirs.commit}, which was first`,
        fix: 'give this content a version of its own: a published version never changes',
    });
}
/** Throws when a record is not the one that the store wrote, naming each field that differs. */
function refuseEdited(given, stored) {
    const fields = new Set([...Object.keys(given), ...Object.keys(stored)]);
    // A store can be moved or copied: where it lies is not part of what was published.
    fields.delete('locations');
    const problems = [...fields]
        .map((field) => ({ field, got: shown(given[field]), allowed: shown(stored[field]) }))
        .filter(({ got, allowed }) => got !== allowed)
        .map(({ field, got, allowed }) => ({
        what: `The release record is not the one in the store: its "${field}" differs.`,
        got,
        allowed,
        fix: 'use the "release" output of publish-artifact as it is',
    }));
    if (problems.length > 0)
        throw new errors/* UserError */.yo(problems);
}
function shown(value) {
    return value === undefined ? 'absent' : (0,json/* canonicalJson */.dj)(value);
}

;// CONCATENATED MODULE: ./packages/store/build/layout.js






const RECORD = 'release.json';
function placeOf(folder, name, version) {
    if (!(0,names/* isName */.Eo)(name) || !(0,names/* isVersion */.lF)(version))
        throw (0,errors/* userError */.IF)(`"${name}" "${version}" cannot name a release.`);
    const versions = (0,external_node_path_.join)(folder, name);
    // No version starts with a point, so this is none.
    const working = (0,external_node_path_.join)(versions, '.publishing', version);
    return { versions, release: (0,external_node_path_.join)(versions, version), working, claim: (0,external_node_path_.join)(working, 'claim.json') };
}
/** The record of a version, or undefined when it is not published. */
async function readRecord({ release }) {
    const path = (0,external_node_path_.join)(release, RECORD);
    const text = await (0,files/* readTextIfThere */.pM)(path);
    if (text === undefined)
        return undefined;
    const record = (0,build_release/* parseRelease */.BC)((0,json/* parseJson */.qF)(text));
    if ((0,errors/* isProblems */.vB)(record))
        throw new errors/* UserError */.yo([{ what: `The store's own record ${path} is broken.` }, ...record]);
    return record;
}

// EXTERNAL MODULE: external "node:fs/promises"
var external_node_fs_promises_ = __webpack_require__(1455);
;// CONCATENATED MODULE: ./packages/effects/build/exclusive.js



/**
 * Moves a folder to where nothing is yet, and flushes: false when somebody was first. rename(2) is the referee: it never
 * replaces a folder that holds something.
 */
async function moveIfFree(from, to) {
    try {
        await external_node_fs_promises_.rename(from, to);
    }
    catch (cause) {
        const { code } = cause;
        if (code === 'ENOTEMPTY' || code === 'EEXIST')
            return false;
        throw cause;
    }
    await (0,files/* flushFolder */.nB)((0,external_node_path_.dirname)(to));
    return true;
}
/** Gives a file a new time of change, so that others see a sign of life. */
async function touch(path) {
    const now = new Date();
    await external_node_fs_promises_.utimes(path, now, now);
}

// EXTERNAL MODULE: ./packages/kernel/build/duration.js
var duration = __webpack_require__(8658);
;// CONCATENATED MODULE: ./packages/store/build/claim.js







// Why time decides nothing here but who goes on: .github/decisions/0003-store-claims.md.
const BEAT_MS = 3_000;
const DEAD_AFTER_MS = 15_000;
const LOOK_MS = 500;
/**
 * Returns once this publisher may go on: it was the first to claim, the claim names the same content, or its owner
 * shows no sign of life. A living publisher of other content is a UserError.
 */
async function takeClaim(path, draft, { clock, log, signal }) {
    let watched;
    while (!(await (0,files/* createWhole */.cl)(path, claimText(draft)))) {
        const found = await readClaim(path);
        if (found === undefined)
            continue;
        if (isSameContent(found.claim, draft))
            return;
        if (watched === undefined) {
            log.info(`${draft.name} ${draft.version} is claimed for other content; waiting for a sign of life of its owner.`);
            watched = { sign: found.sign, since: clock.monotonic() };
        }
        if (found.sign !== watched.sign) {
            throw conflict(`${draft.name} ${draft.version} is being published with other content.`, found.claim, draft);
        }
        if (clock.monotonic() - watched.since >= DEAD_AFTER_MS) {
            log.info(`There was none for ${(0,duration/* humanSeconds */.Nj)(DEAD_AFTER_MS)}: this publisher takes the claim over.`);
            await (0,files/* writeWhole */.f8)(path, claimText(draft));
            return;
        }
        await clock.sleep(LOOK_MS, signal);
        (0,build_clock/* throwIfAborted */.Te)(signal);
    }
}
/** Lets the next publisher in at once, when this one gives up. */
async function dropClaim(path, draft) {
    if ((await (0,files/* readTextIfThere */.pM)(path)) === claimText(draft))
        await (0,files/* removeTree */.dM)(path);
}
/** Shows signs of life for as long as the work goes on. */
async function whileAlive(path, clock, work) {
    const done = new AbortController();
    const beating = beat(path, clock, done.signal);
    try {
        return await work();
    }
    finally {
        done.abort();
        await beating;
    }
}
async function beat(path, clock, done) {
    try {
        while (!done.aborted) {
            await clock.sleep(BEAT_MS, done);
            await touch(path);
        }
    }
    catch {
        // Done, or the claim is gone: then the version is published, and the commit finds that out.
    }
}
function claimText({ digest, contentDigest, commit, run }) {
    return (0,json/* canonicalJson */.dj)({ digest, contentDigest, commit, run });
}
/** `sign` is another text after each sign of life, and after each change of owner. */
async function readClaim(path) {
    const stats = await (0,files/* statIfThere */.CL)(path);
    const text = await (0,files/* readTextIfThere */.pM)(path);
    if (stats === undefined || text === undefined)
        return undefined;
    return { claim: contentIn((0,json/* parseJson */.qF)(text)), sign: `${stats.ino}:${stats.mtimeMs}:${text}` };
}
/** A claim that cannot be read is like that of a stranger. */
function contentIn(value) {
    const claim = (0,json/* isObject */.Gv)(value) ? value : {};
    return {
        digest: (0,digest/* isDigest */.Bc)(claim.digest) ? claim.digest : 'sha256:unknown',
        commit: (0,json/* isString */.Kg)(claim.commit) ? claim.commit : 'unknown',
        ...((0,digest/* isDigest */.Bc)(claim.contentDigest) ? { contentDigest: claim.contentDigest } : {}),
    };
}

;// CONCATENATED MODULE: ./packages/store/build/publish.js










/** The bits of folders are left to the umask, so that a group can share a store. */
const FOLDER_MODE = 0o777;
/** Publishes into a directory store: claim, stage, then one rename that only the first can do. */
async function publish(place, { record, source }, ports) {
    const staging = (0,external_node_path_.join)(place.working, (0,external_node_crypto_.randomBytes)(6).toString('hex'));
    try {
        return (await settled(place, record)) ?? (await race());
    }
    catch (thrown) {
        if (thrown instanceof errors/* UserError */.yo)
            throw thrown;
        // Whoever was faster has taken our working folder away.
        const faster = await settled(place, record);
        if (faster !== undefined)
            return faster;
        throw thrown;
    }
    finally {
        await (0,files/* removeTree */.dM)(staging);
        await dropClaim(place.claim, record);
    }
    async function race() {
        await (0,files/* makeFolder */.fc)(place.working, FOLDER_MODE);
        await takeClaim(place.claim, record, ports);
        return await whileAlive(place.claim, ports.clock, async () => {
            const faster = await settled(place, record);
            if (faster !== undefined)
                return faster;
            await stage({ record, source }, staging, ports.signal);
            const isFirst = await moveIfFree(staging, place.release);
            if (!isFirst)
                return (await settled(place, record)) ?? inTheWay(place.release);
            await (0,files/* flushFolder */.nB)((0,external_node_path_.dirname)(place.versions));
            await tidy(place);
            return { outcome: 'published', record };
        });
    }
}
async function stage({ record, source }, staging, signal) {
    await (0,files/* makeFolder */.fc)(staging, FOLDER_MODE);
    const { digest, size } = await copyMeasured(source, (0,external_node_path_.join)(staging, record.fileName), signal);
    if (digest !== record.digest || size !== record.size) {
        throw new errors/* UserError */.yo({
            what: `"${source}" changed while being published.`,
            got: `${digest}, ${size} bytes`,
            allowed: `${record.digest}, ${record.size} bytes`,
            fix: 'let everything that writes there end before it is published',
        });
    }
    await (0,files/* writeWhole */.f8)((0,external_node_path_.join)(staging, RECORD), `${(0,build_release/* formatRelease */.B9)(record)}\n`);
}
/** What is in the store already: success, or the error that names both. */
async function settled(place, draft) {
    const stored = await readRecord(place);
    if (stored === undefined)
        return undefined;
    await tidy(place);
    return settle(stored, draft);
}
/** Once a version is published, nothing that lies in its working folder can become it any more. */
async function tidy({ working }) {
    // Another publisher may still write there: whoever comes last takes the rest away.
    await (0,files/* removeTree */.dM)(working).catch(() => { });
}
function inTheWay(release) {
    throw (0,errors/* userError */.IF)(`${release} holds something that is no release.`, 'look at it, then move it away');
}

;// CONCATENATED MODULE: ./packages/store/build/directory.js










/** A store in a folder, on a disk or a network file system: `<name>/<version>/` holds the bytes and `release.json`. */
function directoryStore(address, ports) {
    const { folder, uri } = address;
    const { signal } = ports;
    function guarded(work, what, path = folder) {
        return work.catch((cause) => {
            (0,build_clock/* throwIfAborted */.Te)(signal);
            throw explainDisk(cause, what, path);
        });
    }
    async function find(name, version) {
        return await guarded(readRecord(placeOf(folder, name, version)), `The store ${uri} cannot be read.`);
    }
    async function findAll(name) {
        const { versions } = placeOf(folder, name, '0');
        if ((await (0,files/* statIfThere */.CL)(versions)) === undefined)
            return [];
        const published = (await (0,files/* listFolder */.bt)(versions)).filter(names/* isVersion */.lF);
        const records = await Promise.all(published.map((version) => find(name, version)));
        return records
            .filter((record) => record !== undefined)
            .toSorted((a, b) => Date.parse(a.commitTime) - Date.parse(b.commitTime));
    }
    async function findFor(record) {
        const byVersion = await find(record.name, record.version);
        // When the version was edited, the digest still tells which release was meant.
        const stored = byVersion ?? (await findAll(record.name)).find(({ digest }) => digest === record.digest);
        if (stored !== undefined)
            return stored;
        throw (0,errors/* userError */.IF)(`The store ${uri} has no ${record.name} ${record.version}.`, 'publish it, or name another store');
    }
    return {
        uri,
        stat: find,
        list: (name) => guarded(findAll(name), `The store ${uri} cannot be read.`),
        async put(draft, source) {
            const place = placeOf(folder, draft.name, draft.version);
            if (draft.fileName === RECORD) {
                throw (0,errors/* userError */.IF)(`A file called ${RECORD} cannot be published: the store keeps its record there.`, 'rename it');
            }
            const record = recordOf(draft, uri);
            return await guarded(publish(place, { record, source }, ports), `The store ${uri} cannot be written.`);
        },
        async get(record, destination) {
            const stored = await findFor(record);
            refuseEdited(record, stored);
            const { release } = placeOf(folder, stored.name, stored.version);
            const what = `${stored.name} ${stored.version} cannot be fetched from ${uri}.`;
            await guarded(receive(stored, release, destination, signal), what, destination);
        },
    };
}
async function receive(stored, release, destination, signal) {
    const from = (0,external_node_path_.join)(release, stored.fileName ?? '');
    if ((await (0,files/* statIfThere */.CL)(from))?.isFile() !== true)
        throw (0,errors/* userError */.IF)(`The store has lost ${from}.`, HOW_TO_REPAIR);
    const temporary = (0,files/* temporaryBeside */.w6)(destination);
    try {
        await (0,files/* makeFolder */.fc)((0,external_node_path_.dirname)(destination));
        const { digest, size } = await copyMeasured(from, temporary, signal);
        if (digest !== stored.digest || size !== stored.size) {
            throw new errors/* UserError */.yo({
                what: `Digest mismatch: the bytes of ${from} are not those of its record.`,
                got: `${digest}, ${size} bytes`,
                allowed: `${stored.digest}, ${stored.size} bytes`,
                fix: HOW_TO_REPAIR,
            });
        }
        await (0,files/* renameFlushed */.Gd)(temporary, destination);
    }
    finally {
        await (0,files/* removeTree */.dM)(temporary);
    }
}
const HOW_TO_REPAIR = 'restore it from a backup, or publish the same commit under a new version';

;// CONCATENATED MODULE: ./packages/store/build/open.js



const STORE_RULE = 'file:///absolute/folder';
/** Reads a store URI; undefined for one that no store answers to. */
function parseStoreUri(text) {
    if (!text.startsWith('file:///') || !URL.canParse(text))
        return undefined;
    const folder = folderOf(new URL(text));
    return folder === undefined ? undefined : { kind: 'directory', folder, uri: (0,external_node_url_.pathToFileURL)(folder).href };
}
/** Opens the store behind a URI, without touching it yet. */
function openStore(uri, ports) {
    const address = parseStoreUri(uri);
    if (address !== undefined)
        return directoryStore(address, ports);
    throw new errors/* UserError */.yo({
        what: 'There is no store for this URI.',
        // Only the scheme: a URI with credentials in it must not end in a log.
        got: /^[a-z][a-z0-9+.-]*:/i.exec(uri)?.[0] ?? 'no scheme',
        allowed: STORE_RULE,
        fix: /^\/[^/]/.test(uri) ? `store: file://${uri}` : 'store: file:///srv/releases',
    });
}
/** Without its final slash; undefined for the root itself, which an empty variable in a workflow asks for. */
function folderOf(url) {
    // In a URL these end the path: a folder with such a letter in its name is written %3F or %23.
    if (url.search !== '' || url.hash !== '')
        return undefined;
    try {
        const folder = (0,external_node_url_.fileURLToPath)(url).replace(/\/+$/, '');
        return folder === '' || folder.includes('\0') ? undefined : folder;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./packages/store/build/fetch-release.js





/** A file below `folder` with the bytes of the release, from the first of its stores that has them, digest checked. */
async function fetchRelease(record, folder, ports) {
    const destination = (0,external_node_path_.join)(folder, (0,digest/* hexOf */.ZD)(record.digest));
    const failures = [];
    for (const uri of record.locations) {
        try {
            await openStore(uri, ports).get(record, destination);
            return destination;
        }
        catch (cause) {
            (0,build_clock/* throwIfAborted */.Te)(ports.signal);
            failures.push(cause);
        }
    }
    // With one store its own words say most.
    if (failures.length === 1)
        throw failures[0];
    throw (0,errors/* userError */.IF)(`No store has ${record.name} ${record.version}: ${record.locations.join(', ')}.`, 'publish it again', new AggregateError(failures));
}


/***/ })

};
