export const id = 773;
export const ids = [773];
export const modules = {

/***/ 8773:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  pullProblems: () => (/* binding */ pullProblems),
  pullSource: () => (/* binding */ pullSource)
});

// EXTERNAL MODULE: ./packages/kernel/build/errors.js
var errors = __webpack_require__(1525);
;// CONCATENATED MODULE: ./packages/store/build/pull/logins.js
/** Reads `transfer-auth`: `<host> basic <user>:<password>` or `<host> bearer <token>` a line. Secrets are never repeated. */
function parseLogins(text) {
    const logins = new Map();
    const problems = [];
    for (const [index, line] of (text ?? '').split(/\r\n|\r|\n/).entries()) {
        if (line.trim() === '')
            continue;
        const [host, login] = parseLine(line.trim());
        if (login === undefined)
            problems.push(noLogin(index + 1));
        else
            logins.set(host, login);
    }
    return problems.length > 0 ? problems : logins;
}
/** The value of an `Authorization` header. */
function headerOf(login) {
    if (login.kind === 'bearer')
        return `Bearer ${login.token}`;
    return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}
const LINE = /^([a-z0-9.-]+(?::\d+)?|\[[0-9a-f:]+\](?::\d+)?)\s+(basic|bearer)\s+(\S+)$/i;
function parseLine(line) {
    const [, host = '', kind = '', secret = ''] = LINE.exec(line) ?? [];
    return [host.toLowerCase(), kind.toLowerCase() === 'basic' ? basic(secret) : bearer(secret)];
}
function basic(secret) {
    const colon = secret.indexOf(':');
    if (colon < 1)
        return undefined;
    return { kind: 'basic', username: secret.slice(0, colon), password: secret.slice(colon + 1) };
}
/** As RFC 6750 writes them; nothing in them has a meaning in a configuration of curl or wget. */
function bearer(secret) {
    return /^[A-Za-z0-9._~+/-]+=*$/.test(secret) ? { kind: 'bearer', token: secret } : undefined;
}
function noLogin(line) {
    return {
        what: `Input "transfer-auth": line ${line} is no login.`,
        allowed: '<host[:port]> basic <user>:<password>, or <host[:port]> bearer <token>; one server a line',
        fix: 'transfer-auth: releases.example.com bearer ${{ secrets.RELEASES_TOKEN }}',
    };
}

// EXTERNAL MODULE: ./packages/effects/build/clock.js
var clock = __webpack_require__(193);
// EXTERNAL MODULE: ./packages/kernel/build/json.js
var json = __webpack_require__(5868);
;// CONCATENATED MODULE: ./packages/image/build/registry-auth.js

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`, 'g');
const SCHEME = new RegExp(`(?:^|,)\\s*(${TOKEN})(?=\\s+${TOKEN}\\s*=|\\s*(?:,|$))`, 'g');
/** Reads RFC 9110's list of challenges: `Bearer realm="...",service="..."`, `Basic realm="..."`, or several of them. */
function parseChallenges(header) {
    const quoted = header.replace(/"(?:[^"\\]|\\.)*"/g, (text) => '"'.padEnd(text.length - 1, '_').concat('"'));
    const starts = [...quoted.matchAll(SCHEME)];
    return starts.map((match, index) => {
        const from = match.index + match[0].length;
        const parameters = [...header.slice(from, starts[index + 1]?.index).matchAll(PARAMETER)].map(([, name = '', inQuotes, bare]) => [name.toLowerCase(), inQuotes?.replace(/\\(.)/g, '$1') ?? bare ?? '']);
        return { scheme: (match[1] ?? '').toLowerCase(), parameters: Object.fromEntries(parameters) };
    });
}
/** Answers the challenges of a registry: a token from its own server, else user name and password as they are. */
async function authorize(challenges, credentials, { send, plainHttp }) {
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined)
        return await fetchToken(bearer, credentials, { send, plainHttp });
    if (!challenges.some(({ scheme }) => scheme === 'basic')) {
        const names = challenges.map(({ scheme }) => scheme).join(', ');
        return { kind: 'refused', because: `it offers no way to log in that we know, only: ${names || 'nothing'}` };
    }
    return credentials === undefined ? { kind: 'login-wanted' } : { kind: 'granted', header: registry_auth_basic(credentials) };
}
async function fetchToken({ parameters }, credentials, { send, plainHttp }) {
    const url = URL.parse(parameters.realm ?? '');
    if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && plainHttp))) {
        return { kind: 'refused', because: `it sends us for a token to ${JSON.stringify(parameters.realm ?? '')}` };
    }
    for (const name of ['service', 'scope']) {
        // a registry that wants several scopes puts them into one parameter
        for (const value of (parameters[name] ?? '').split(name === 'scope' ? ' ' : '\n')) {
            if (value !== '')
                url.searchParams.append(name, value);
        }
    }
    const headers = credentials === undefined ? {} : { authorization: registry_auth_basic(credentials) };
    const answer = await send({ url: url.href, headers });
    const body = (0,json/* parseJson */.qF)(answer.body.toString('utf8'));
    const token = (0,json/* isObject */.Gv)(body) ? (body.token ?? body.access_token) : undefined;
    if (answer.status === 200 && (0,json/* isString */.Kg)(token))
        return { kind: 'granted', header: `Bearer ${token}` };
    if (credentials === undefined && (answer.status === 401 || answer.status === 403))
        return { kind: 'login-wanted' };
    return { kind: 'refused', because: `${url.origin} gives no token (status ${answer.status})` };
}
function registry_auth_basic({ username, password }) {
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

;// CONCATENATED MODULE: ./packages/store/build/pull/place.js
const PULL_RULE = 'https://host/folder, s3://bucket/prefix or oci://registry/repository, without login and query';
/**
 * Reads a location. Below a folder or prefix a release lies as in every store, at `<name>/<version>/<file>`; a location
 * that ends in the file's own name, or in its digest as in a registry, is the file itself.
 */
function pullPlace(location, release) {
    const url = URL.parse(location);
    // Records are kept in ledgers and outputs: what is secret has no place in a location.
    if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
        return undefined;
    const path = url.pathname.replace(/\/+$/, '');
    switch (url.protocol) {
        case 'https:':
        case 'http:':
            return { kind: 'web', url: new URL(withFile(path, release, encodeURIComponent), url.origin) };
        case 's3:': {
            const key = withFile(decoded(path), release, (part) => part).replace(/^\//, '');
            return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.host) ? { kind: 's3', bucket: url.host, key } : undefined;
        }
        case 'oci:': {
            const repository = path.slice(1);
            const isRepository = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(repository);
            return url.host !== '' && isRepository ? { kind: 'oci', registry: url.host, repository } : undefined;
        }
        default:
            return undefined;
    }
}
/** Of this machine alone: there nothing travels that others could read. */
function isLoopback(host) {
    const name = host.replace(/:\d+$/, '');
    return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
function withFile(path, release, encode) {
    const { name, version, digest, fileName = name } = release;
    const last = decoded(path.slice(path.lastIndexOf('/') + 1));
    if (last === fileName || last === digest)
        return path;
    return [path, ...[name, version, fileName].map(encode)].join('/');
}
function decoded(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return text;
    }
}

;// CONCATENATED MODULE: ./packages/store/build/pull/oci-blob.js





const TIMEOUT_MS = 30_000;
/**
 * Where a host gets a blob: the registry is asked here, since only we can answer its challenge, and where it sends
 * elsewhere the host goes straight there, without the login.
 */
async function ociBlob({ registry, repository }, { digest }, ports) {
    const plainHttp = isLoopback(registry);
    const url = `${plainHttp ? 'http' : 'https'}://${registry}/v2/${repository}/blobs/${digest}`;
    const place = `oci://${registry}/${repository}`;
    const { login } = ports;
    let authorization = login?.kind === 'bearer' ? headerOf(login) : undefined;
    let got = await ask();
    if (got.status === 401 && login?.kind !== 'bearer') {
        authorization = await answer(got);
        got = await ask();
    }
    const { status, headers } = got;
    if (status >= 300 && status < 400 && headers.location !== undefined) {
        return { url: new URL(headers.location, url).href, presigned: true };
    }
    if (status === 200 || status === 206) {
        return { url, presigned: false, ...(authorization === undefined ? {} : { authorization }) };
    }
    if (status === 401 || status === 403)
        throw loginProblem(`it refuses with status ${status}`);
    if (status === 404)
        throw (0,errors/* userError */.IF)(`${place} has no blob ${digest}.`, 'publish it there, or transfer: push');
    throw (0,errors/* userError */.IF)(`${place} answers with status ${status}.`, 'run it again, or transfer: push');
    /** One byte would do, but not every registry tells a part: so the body is left where it is. */
    async function ask() {
        try {
            const known = authorization === undefined ? {} : { authorization };
            const asked = { url, headers: { range: 'bytes=0-0', ...known }, timeoutMs: TIMEOUT_MS, signal: ports.signal };
            const stream = await ports.http.open(asked);
            stream.body.on('error', () => { }).destroy();
            return stream;
        }
        catch (cause) {
            (0,clock/* throwIfAborted */.Te)(ports.signal);
            throw (0,errors/* userError */.IF)(`${place} cannot be reached from the runner: ${(0,errors/* messageOf */.bD)(cause)}.`, 'transfer: push', cause);
        }
    }
    async function answer({ headers: { 'www-authenticate': header = '' } }) {
        const { http, signal } = ports;
        const send = (request) => http.request({ ...request, timeoutMs: TIMEOUT_MS, signal });
        const result = await authorize(parseChallenges(header), login?.kind === 'basic' ? login : undefined, {
            send,
            plainHttp,
        });
        if (result.kind === 'granted')
            return result.header;
        throw loginProblem(result.kind === 'refused' ? result.because : 'it wants a login');
    }
    function loginProblem(why) {
        return new errors/* UserError */.yo({
            what: `${place} gives the hosts nothing: ${why}.`,
            allowed: `a line for ${registry} in transfer-auth`,
            fix: `transfer-auth: ${registry} basic \${{ github.actor }}:\${{ secrets.REGISTRY_TOKEN }}`,
        });
    }
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./packages/store/build/pull/presign.js

const ALGORITHM = 'AWS4-HMAC-SHA256';
/**
 * The URL of an object with a signature in its query, so that whoever has it may GET that object for a while: AWS
 * Signature Version 4 with query parameters. The secret key never leaves this function.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
function presignGet(object, { credentials, region, now, seconds }) {
    const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/s3/aws4_request`;
    const query = canonicalQuery({
        'X-Amz-Algorithm': ALGORITHM,
        'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
        'X-Amz-Date': time,
        'X-Amz-Expires': String(seconds),
        ...(credentials.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': credentials.sessionToken }),
        'X-Amz-SignedHeaders': 'host',
    });
    const request = ['GET', object.pathname, query, `host:${object.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
    const toSign = [ALGORITHM, time, scope, (0,external_node_crypto_.createHash)('sha256').update(request).digest('hex')].join('\n');
    const key = [day, region, 's3', 'aws4_request'].reduce(hmac, `AWS4${credentials.secretAccessKey}`);
    return `${object.origin}${object.pathname}?${query}&X-Amz-Signature=${hmac(key, toSign).toString('hex')}`;
}
/** Everything but the unreserved characters of RFC 3986, which encodeURIComponent leaves a few more of. */
function uriEncode(text) {
    return encodeURIComponent(text).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}
function canonicalQuery(parameters) {
    return Object.entries(parameters)
        .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
        .toSorted()
        .join('&');
}
function hmac(key, text) {
    return (0,external_node_crypto_.createHmac)('sha256', key).update(text).digest();
}

;// CONCATENATED MODULE: ./packages/store/build/pull/s3-object.js

/** What the standard variables of AWS say. */
function s3Access(env) {
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '', AWS_SESSION_TOKEN: sessionToken = '', } = env;
    const address = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;
    const endpoint = address === undefined ? undefined : URL.parse(address);
    const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || (address === undefined ? '' : 'us-east-1');
    const needed = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region };
    const missing = Object.entries(needed).flatMap(([name, value]) => (value === '' ? [name] : []));
    if (missing.length > 0)
        return [notSet(missing), ...(isEndpoint(endpoint) ? [] : [NO_ENDPOINT])];
    if (!isEndpoint(endpoint))
        return [NO_ENDPOINT];
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
    return { credentials, region, endpoint };
}
/** Of an object: below the endpoint, else with the bucket as a host of AWS where its name can be one under TLS. */
function objectUrl(bucket, key, { endpoint, region }) {
    const path = key.split('/').map(uriEncode).join('/');
    if (endpoint !== undefined)
        return new URL(`${endpoint.href.replace(/\/$/, '')}/${bucket}/${path}`);
    const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
    return new URL(bucket.includes('.') ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`);
}
function isEndpoint(url) {
    if (url === undefined)
        return true;
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '';
}
const NO_ENDPOINT = {
    what: 'AWS_ENDPOINT_URL is not the address of an S3 service.',
    allowed: 'https://host[:port]',
    fix: 'AWS_ENDPOINT_URL_S3: https://s3.example.com',
};
function notSet(missing) {
    return {
        what: 'S3 URLs for the hosts cannot be signed: variables are missing.',
        got: `without ${missing.join(', ')}`,
        allowed: 'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION; AWS_SESSION_TOKEN and AWS_ENDPOINT_URL_S3 where needed',
        fix: 'env:\n  AWS_REGION: eu-central-1\n  AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n  AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\nor aws-actions/configure-aws-credentials before this step',
    };
}

;// CONCATENATED MODULE: ./packages/store/build/pull/pull-source.js






/** Longer than a host may take for it, since it is made anew for each. */
const VALID_SECONDS = 3_600;
/** The first location of a release that a host can get it from; a UserError when there is none. */
async function pullSource(release, ports) {
    const place = placeOf(release);
    if (place === undefined)
        throw new errors/* UserError */.yo(noPlace(release));
    const logins = (0,errors/* orThrow */.aU)(parseLogins(ports.auth));
    switch (place.kind) {
        case 'web': {
            const { url } = place;
            const login = logins.get(url.host);
            const from = `${url.origin}${url.pathname}`;
            if (login === undefined)
                return { from, url: url.href, presigned: false };
            if (url.protocol !== 'https:' && !isLoopback(url.host))
                throw new errors/* UserError */.yo(inTheClear(url));
            return { from, url: url.href, authorization: headerOf(login), presigned: false };
        }
        case 's3': {
            const access = (0,errors/* orThrow */.aU)(s3Access(ports.env));
            const now = ports.clock.wall();
            return {
                from: `s3://${place.bucket}/${place.key}`,
                url: presignGet(objectUrl(place.bucket, place.key, access), { ...access, now, seconds: VALID_SECONDS }),
                presigned: true,
                until: new Date(now + VALID_SECONDS * 1_000).toISOString(),
            };
        }
        case 'oci': {
            const from = `oci://${place.registry}/${place.repository}@${release.digest}`;
            return { from, ...(await ociBlob(place, release, { ...ports, login: logins.get(place.registry) })) };
        }
    }
}
/** What stands in the way of a pull before anybody is asked. */
function pullProblems(release, { auth, env }) {
    const place = placeOf(release);
    const results = [parseLogins(auth), ...(place?.kind === 's3' ? [s3Access(env)] : [])];
    return [
        ...(place === undefined ? [noPlace(release)] : []),
        ...results.flatMap((result) => ((0,errors/* isProblems */.vB)(result) ? result : [])),
    ];
}
function placeOf(release) {
    return release.locations.map((location) => pullPlace(location, release)).find((place) => place !== undefined);
}
function noPlace({ name, version, locations }) {
    return {
        what: `No host can pull ${name} ${version}: none of its locations can be reached from one.`,
        // A query may be a credential that should not be there.
        got: locations.map((location) => location.replace(/\?.*$/, '?...').replace(/\/\/[^/]*@/, '//...@')).join(', '),
        allowed: PULL_RULE,
        fix: 'transfer: push',
    };
}
function inTheClear(url) {
    return {
        what: `The login for ${url.host} would travel in the clear.`,
        got: url.origin,
        allowed: 'https://',
        fix: 'a location with https://, or no line for it in transfer-auth',
    };
}


/***/ })

};
