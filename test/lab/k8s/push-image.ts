import { createHash } from 'node:crypto';

/** An image of one static program, FROM scratch. */
export interface ProgramImage {
  /** Its path in the image. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly content: Uint8Array;
}

const TAR_BLOCK = 512;

/** Pushes over plain HTTP, without any builder. `reference` is `host:port/name:tag`; returns the manifest's digest. */
export async function pushImage(reference: string, image: ProgramImage): Promise<string> {
  const [, host = '', name = '', tag = ''] = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference) ?? [];
  const base = `http://${host}/v2/${name}`;
  const layer = blob('application/vnd.oci.image.layer.v1.tar', tarOf(image));
  const config = blob('application/vnd.oci.image.config.v1+json', configOf(image, layer));
  const manifest = blob(
    'application/vnd.oci.image.manifest.v1+json',
    json({ schemaVersion: 2, mediaType: MANIFEST, config: described(config), layers: [described(layer)] }),
  );
  for (const each of [layer, config]) await pushBlob(base, each);
  const headers = { 'content-type': manifest.mediaType };
  await request(`${base}/manifests/${tag}`, { method: 'PUT', headers, body: bodyOf(manifest) });
  return manifest.digest;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

async function pushBlob(base: string, given: Blob): Promise<void> {
  const { status } = await fetch(`${base}/blobs/${given.digest}`, { method: 'HEAD' });
  if (status === 200) return;
  const upload = await request(`${base}/blobs/uploads/`, { method: 'POST' });
  const url = new URL(upload.headers.get('location') ?? '', base);
  url.searchParams.set('digest', given.digest);
  await request(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: bodyOf(given),
  });
}

async function request(url: string | URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${init.method} ${url.toString()}: ${response.status} ${text}`);
  return response;
}

function configOf({ path, env = {} }: ProgramImage, layer: Blob): Uint8Array {
  return json({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: [path], Env: Object.entries(env).map(([name, value]) => `${name}=${value}`) },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
}

function tarOf({ path, content }: ProgramImage): Uint8Array {
  const header = Buffer.alloc(TAR_BLOCK);
  const put = (text: string, offset: number): void => void header.write(text, offset, 'latin1');
  put(path.replace(/^\//, ''), 0);
  put('0000755\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  put('00000000000\0', 136);
  put('        0', 148);
  put('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = (TAR_BLOCK - (content.length % TAR_BLOCK)) % TAR_BLOCK;
  return Buffer.concat([header, content, Buffer.alloc(padding + 2 * TAR_BLOCK)]);
}

function blob(mediaType: string, content: Uint8Array): Blob {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return { mediaType, digest, size: content.length, content };
}

function described({ mediaType, digest, size }: Blob): Omit<Blob, 'content'> {
  return { mediaType, digest, size };
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function bodyOf({ content }: Blob): Uint8Array<ArrayBuffer> {
  return new Uint8Array(content);
}
