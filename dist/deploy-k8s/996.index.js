export const id = 996;
export const ids = [996];
export const modules = {

/***/ 7996:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readManifests: () => (/* binding */ readManifests)
});

// EXTERNAL MODULE: ./packages/effects/build/files.js + 1 modules
var build_files = __webpack_require__(9028);
// EXTERNAL MODULE: ./packages/kernel/build/errors.js
var errors = __webpack_require__(1525);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
;// CONCATENATED MODULE: ./packages/effects/build/find.js


/** The files that a search wants, in the order of their paths. Links are not followed. */
async function findFiles(folder, search) {
    const found = [];
    const left = [''];
    for (let below = left.pop(); below !== undefined; below = left.pop()) {
        for (const entry of await promises_.readdir((0,external_node_path_.join)(folder, below), { withFileTypes: true })) {
            const path = below === '' ? entry.name : `${below}/${entry.name}`;
            if (entry.isDirectory() && !search.skipped(entry.name))
                left.push(path);
            else if (entry.isFile() && search.wanted(path))
                found.push(await stamped(folder, path));
        }
    }
    return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
async function stamped(folder, path) {
    const { mtimeNs, ctimeNs, ino, size } = await promises_.lstat((0,external_node_path_.join)(folder, path), { bigint: true });
    return { path, modified: Number(mtimeNs) / 1e6, stamp: [ino, size, mtimeNs, ctimeNs].join(':') };
}

// EXTERNAL MODULE: external "node:buffer"
var external_node_buffer_ = __webpack_require__(4573);
;// CONCATENATED MODULE: ./packages/effects/build/tree.js




/** Everything below a folder, links not followed, in no order. Memory grows with the number of entries only. */
async function listTree(folder, below = '') {
    const names = await fs.readdir(join(folder, below), { encoding: 'buffer' });
    const found = await Promise.all(names.map((name) => readEntry(folder, joined(below, textOf(name, below)))));
    const entries = [];
    for (const entry of found) {
        entries.push(entry);
        if (entry.kind === 'folder')
            for (const inner of await listTree(folder, entry.path))
                entries.push(inner);
    }
    return entries;
}
/** The path with every link in it followed, or undefined when there is nothing at its end. */
async function realPathIfThere(path) {
    try {
        return await promises_.realpath(path);
    }
    catch (cause) {
        const { code } = cause;
        if (code === 'ENOENT' || code === 'ENOTDIR')
            return undefined;
        throw cause;
    }
}
async function readEntry(folder, path) {
    const stats = await fs.lstat(join(folder, path), { bigint: true });
    const kind = kindOf(stats);
    return {
        path,
        kind,
        executable: (stats.mode & 64n) !== 0n,
        size: Number(stats.size),
        target: kind === 'link' ? textOf(await fs.readlink(join(folder, path), { encoding: 'buffer' }), path) : '',
        stamp: [stats.dev, stats.ino, stats.mode, stats.size, stats.mtimeNs, stats.ctimeNs].join(':'),
    };
}
function kindOf(stats) {
    if (stats.isFile())
        return 'file';
    if (stats.isDirectory())
        return 'folder';
    if (stats.isSymbolicLink())
        return 'link';
    if (stats.isFIFO())
        return 'fifo';
    return stats.isSocket() ? 'socket' : 'device';
}
/** Decoding other bytes would name another file than the one that is there. */
function textOf(bytes, near) {
    if (isUtf8(bytes))
        return bytes.toString('utf8');
    const shown = JSON.stringify(bytes.toString('latin1'));
    throw userError(`The name ${shown} in "${near === '' ? '.' : near}" is not valid UTF-8.`, 'rename it');
}
function joined(below, name) {
    return below === '' ? name : `${below}/${name}`;
}

;// CONCATENATED MODULE: ./packages/kernel/build/glob.js
/**
 * What a pattern means, as an expression for paths with `/`: `*` and `?` stay within a folder, `**` crosses folders,
 * `{a,b}` is a choice.
 */
function globExpression(pattern) {
    return new RegExp(`^${sourceOf(pattern.replace(/^\.\//, ''))}$`, 'u');
}
function sourceOf(pattern) {
    const tokens = pattern.match(/\*\*\/|\*\*|\{[^{}]*\}|[\s\S]/gu) ?? [];
    return tokens.map(tokenSource).join('');
}
function tokenSource(token) {
    if (token === '**/')
        return '(?:[^/]+/)*';
    if (token === '**')
        return '.*';
    if (token === '*')
        return '[^/]*';
    if (token === '?')
        return '[^/]';
    if (token.length > 1 && token.startsWith('{'))
        return `(?:${token.slice(1, -1).split(',').map(sourceOf).join('|')})`;
    return token.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

;// CONCATENATED MODULE: ./packages/k8s/build/manifests/sources.js






const MANIFESTS_RULE = 'one a line: a file, a folder (its .yaml, .yml and .json files), a glob, or -k and a folder for kustomize';
const KUSTOMIZATION = /^(?:kustomization\.ya?ml|Kustomization)$/;
const READABLE = /\.(?:ya?ml|json)$/;
/** What the lines of the `manifests` input name, each file once; a line that names nothing is an error. */
async function findSources(lines, workspace) {
    const found = await Promise.all(lines.map((line) => sourcesOf(line.trim(), workspace)));
    const problems = found.flatMap((result) => ('what' in result ? [result] : []));
    if (problems.length > 0)
        throw new errors/* UserError */.yo(problems);
    const sources = found.flatMap((result) => ('what' in result ? [] : result));
    return [...new Map(sources.map((source) => [`${source.kind} ${source.path}`, source])).values()];
}
async function sourcesOf(line, workspace) {
    const kustomize = /^-k\s+(.+)$/.exec(line);
    if (kustomize !== null)
        return await kustomizeSource(kustomize[1] ?? '', workspace);
    const path = await realPathIfThere((0,external_node_path_.resolve)(workspace, line));
    const stats = path === undefined ? undefined : await (0,build_files/* statIfThere */.CL)(path);
    if (path !== undefined && stats?.isFile() === true)
        return [{ kind: 'file', path, shown: line }];
    if (path !== undefined && stats?.isDirectory() === true)
        return await folderSources(path, line);
    if (/[*?{]/.test(line))
        return await globSources(line, workspace);
    return nothing(line, 'there is no such file or folder');
}
async function kustomizeSource(folder, workspace) {
    const path = (0,external_node_path_.resolve)(workspace, folder);
    const names = (await realPathIfThere(path)) === undefined ? [] : await (0,build_files/* listFolder */.bt)(path);
    if (names.some((name) => KUSTOMIZATION.test(name)))
        return [{ kind: 'kustomize', path, shown: `-k ${folder}` }];
    return nothing(`-k ${folder}`, 'there is no kustomization.yaml in it');
}
/** As kubectl does: the files of the folder itself, not of those below it. */
async function folderSources(path, line) {
    const names = await (0,build_files/* listFolder */.bt)(path);
    if (names.some((name) => KUSTOMIZATION.test(name))) {
        return { what: `The folder ${line} is one of kustomize.`, got: line, fix: `-k ${line}` };
    }
    const files = names.filter((name) => READABLE.test(name));
    if (files.length === 0)
        return nothing(line, 'no .yaml, .yml or .json file is in it');
    return files.map((name) => ({ kind: 'file', path: (0,external_node_path_.join)(path, name), shown: (0,external_node_path_.join)(line, name) }));
}
async function globSources(line, workspace) {
    const parts = line.replace(/^\.\//, '').split('/');
    const fixed = parts.findIndex((part) => /[*?{]/.test(part));
    const folder = (0,external_node_path_.resolve)(workspace, parts.slice(0, fixed).join('/') || (line.startsWith('/') ? '/' : '.'));
    const expression = globExpression(parts.slice(fixed).join('/'));
    if ((await realPathIfThere(folder)) === undefined)
        return nothing(line, `there is no folder ${folder}`);
    const files = await findFiles(folder, {
        wanted: (path) => READABLE.test(path) && expression.test(path),
        skipped: (name) => name === '.git' || name === 'node_modules',
    });
    if (files.length === 0)
        return nothing(line, 'no .yaml, .yml or .json file is like it');
    return files.map(({ path }) => {
        const whole = (0,external_node_path_.join)(folder, path);
        return { kind: 'file', path: whole, shown: (0,external_node_path_.relative)(workspace, whole) };
    });
}
function nothing(line, why) {
    return { what: `No manifest is found: ${why}.`, got: line, allowed: MANIFESTS_RULE, fix: 'manifests: k8s/' };
}

// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
;// CONCATENATED MODULE: ./packages/k8s/build/manifests/yaml.js



/** The objects of a YAML or JSON text: documents and lists taken apart. Says of each problem where it is. */
function readYaml(text, file) {
    const lineCounter = new dist/* LineCounter */.HN();
    // Pretty errors would quote the text, and it may be that of a Secret.
    const documents = (0,dist/* parseAllDocuments */.hR)(text, {
        lineCounter,
        prettyErrors: false,
        schema: 'core',
        merge: true,
        customTags,
    });
    const manifests = [];
    const problems = [];
    for (const [index, document] of documents.entries()) {
        const place = (offset) => {
            const nth = documents.length > 1 ? `, document ${index + 1}` : '';
            return `${file}${nth}, line ${lineCounter.linePos(offset).line}`;
        };
        problems.push(...document.errors.map(({ message, pos }) => broken(place(pos[0]), message, text)));
        if (document.errors.length > 0)
            continue;
        const at = place(document.contents?.range?.[0] ?? 0);
        try {
            const content = document.toJS();
            if (content === null || content === undefined)
                continue;
            for (const item of expand(content, at)) {
                if ('what' in item)
                    problems.push(item);
                else
                    manifests.push(item);
            }
        }
        catch (thrown) {
            problems.push(broken(at, (0,errors/* messageOf */.bD)(thrown), text));
        }
    }
    return { manifests, problems };
}
function expand(value, at) {
    if (!(0,json/* isObject */.Gv)(value)) {
        return [{ what: `${at}: this is no object of Kubernetes.`, allowed: 'apiVersion, kind, metadata and more' }];
    }
    if ((0,json/* isString */.Kg)(value.kind) && value.kind.endsWith('List') && Array.isArray(value.items)) {
        const common = value.kind === 'List' ? {} : { apiVersion: value.apiVersion, kind: value.kind.slice(0, -4) };
        return value.items.flatMap((item, index) => expand((0,json/* isObject */.Gv)(item) ? { ...common, ...item } : item, `${at}, item ${index + 1}`));
    }
    return [narrow(value, at)];
}
function narrow(value, at) {
    const { apiVersion, kind, metadata } = value;
    const name = (0,json/* isObject */.Gv)(metadata) ? metadata.name : undefined;
    const missing = Object.entries({ apiVersion, kind, 'metadata.name': name })
        .filter(([, field]) => !(0,json/* isString */.Kg)(field) || field === '')
        .map(([field]) => field);
    if (missing.length === 0)
        return { object: value, at };
    const word = (0,json/* isString */.Kg)(kind) && kind !== '' ? ` of kind ${kind}` : '';
    const problem = { what: `${at}: the object${word} lacks ${missing.join(', ')}.` };
    if ((0,json/* isObject */.Gv)(metadata) && (0,json/* isString */.Kg)(metadata.generateName)) {
        return { ...problem, fix: `name: ${metadata.generateName.replace(/-$/, '')}    # instead of generateName` };
    }
    return name === undefined || name === null || (0,json/* isString */.Kg)(name)
        ? problem
        : { ...problem, got: `metadata.name: ${JSON.stringify(name)}`, fix: 'put the name in quotes: it is to be a text' };
}
function broken(at, message, text) {
    const problem = { what: `${at}: ${message}` };
    return text.includes('{{')
        ? {
            ...problem,
            fix: 'this looks like a template; render it first, such as with: helm template ... > rendered.yaml',
        }
        : problem;
}
// Scalars mean what they mean to kubectl, which reads the YAML of old: `0644` is octal, `yes` is true.
const customTags = (tags) => [
    bool(/^(?:y|Y|yes|Yes|YES|on|On|ON)$/, true),
    bool(/^(?:n|N|no|No|NO|off|Off|OFF)$/, false),
    yaml_int(/^[-+]?0[0-7_]+$/, 8),
    yaml_int(/^[-+]?0b[01_]+$/, 2),
    yaml_int(/^[-+]?[1-9][0-9]*_[0-9_]*$/, 10),
    ...tags,
];
function bool(test, value) {
    return { tag: 'tag:yaml.org,2002:bool', default: true, test, resolve: () => value };
}
function yaml_int(test, base) {
    const resolve = (text) => Number.parseInt(text.replaceAll('_', '').replace(/^([-+]?)0b/, '$1'), base);
    return { tag: 'tag:yaml.org,2002:int', default: true, test, resolve };
}

;// CONCATENATED MODULE: ./packages/k8s/build/manifests/read.js




/** Kustomize may fetch remote bases. */
const KUSTOMIZE_MS = 120_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** Every object that the lines of the `manifests` input name; all that is wrong with them comes in one UserError. */
async function readManifests(lines, kubectl, ports) {
    const sources = await findSources(lines, ports.workspace);
    const texts = await Promise.all(sources.map(async (source) => readYaml(await read_textOf(source, kubectl, ports), source.shown)));
    const problems = texts.flatMap((text) => text.problems);
    if (problems.length > 0)
        throw new errors/* UserError */.yo(problems);
    const manifests = texts.flatMap((text) => text.manifests);
    if (manifests.length > 0)
        return manifests;
    throw new errors/* UserError */.yo({
        what: 'The manifests hold no object at all.',
        got: sources.map(({ shown }) => shown).join(', '),
        allowed: 'one object of Kubernetes or more',
    });
}
async function read_textOf({ kind, path, shown }, kubectl, ports) {
    if (kind === 'file')
        return await (0,build_files/* readText */.yR)(path);
    const { workspace, exec, signal } = ports;
    const argv = [kubectl, 'kustomize', path];
    const { code, stdout, stderr, timedOut } = await exec.run({
        argv,
        cwd: workspace,
        timeoutMs: KUSTOMIZE_MS,
        keepBytes: MAX_BYTES,
        signal,
    });
    if (code === 0)
        return stdout;
    const why = timedOut ? `it took longer than ${KUSTOMIZE_MS / 1_000} s` : stderr.trim();
    throw (0,errors/* userError */.IF)(`${shown} cannot be built: ${why}`, `look at it with: ${argv.join(' ')}`);
}


/***/ })

};
