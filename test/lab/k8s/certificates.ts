import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { CONTROL_ADDRESS } from './network.ts';

export const API_URL = `https://${CONTROL_ADDRESS}:6443`;

/** Who may talk to the cluster, as files in one private folder. */
export interface Certificates {
  /** The path of a file: `ca.crt`, `apiserver.key`, `tokens.csv`, ... */
  readonly at: (file: string) => string;
  /** A kubeconfig that stands by itself. */
  kubeconfig(user: string): string;
  token(user: string): string;
  /** Of the authority that signed the cluster's certificates. */
  readonly authority: string;
}

const COMPONENTS = ['system:kube-controller-manager', 'system:kube-scheduler', 'system:kube-proxy'];
const SERVER_NAMES = [
  `IP:${CONTROL_ADDRESS}`,
  'IP:127.0.0.1',
  'IP:10.96.0.1',
  'DNS:localhost',
  'DNS:kubernetes.default',
  'DNS:kubernetes.default.svc',
];

export async function makeCertificates(folder: string, nodes: readonly string[]): Promise<Certificates> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (file: string): string => join(folder, file);
  await writeFile(at('openssl.cnf'), '[req]\ndistinguished_name = name\n[name]\n');
  await issue(at, 'ca', '/CN=slipway-lab', ['basicConstraints=critical,CA:TRUE']);
  await Promise.all([
    issue(at, 'apiserver', '/CN=kube-apiserver', [`subjectAltName=${SERVER_NAMES.join(',')}`], 'ca'),
    issue(at, 'kubelet-client', '/O=system:masters/CN=apiserver', ['extendedKeyUsage=clientAuth'], 'ca'),
    writeServiceAccountKey(at),
  ]);
  const users = ['admin', ...COMPONENTS, ...nodes.map(nodeUser)];
  const tokens = new Map(users.map((user) => [user, randomBytes(16).toString('hex')]));
  const rows = [...tokens].map(([user, token], index) => [token, user, index, ...groupsOf(user)].join(','));
  await writeFile(at('tokens.csv'), `${rows.join('\n')}\n`, { mode: 0o600 });
  await writeFile(at('admin.token'), tokens.get('admin') ?? '', { mode: 0o600 });
  const authority = await readFile(at('ca.crt'), 'utf8');
  const token = (user: string): string => tokens.get(user) ?? '';
  return { at, authority, token, kubeconfig: (user) => kubeconfig(authority, token(user)) };
}

export function nodeUser(node: string): string {
  return `system:node:${node}`;
}

function groupsOf(user: string): readonly string[] {
  if (user === 'admin') return ['system:masters'];
  return user.startsWith('system:node:') ? ['system:nodes'] : [];
}

async function issue(
  at: (file: string) => string,
  name: string,
  subject: string,
  extensions: readonly string[],
  signer?: string,
): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', at(`${name}.key`)];
  const content = ['-config', at('openssl.cnf'), '-days', '365', '-subj', subject, '-out', at(`${name}.crt`)];
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  const by = signer === undefined ? [] : ['-CA', at(`${signer}.crt`), '-CAkey', at(`${signer}.key`)];
  await run(['openssl', 'req', '-x509', ...key, ...content, ...added, ...by]);
}

async function writeServiceAccountKey(at: (file: string) => string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await writeFile(at('service-account.key'), privateKey, { mode: 0o600 });
  await writeFile(at('service-account.pub'), publicKey);
}

function kubeconfig(authority: string, token: string): string {
  const name = 'slipway-lab';
  return `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${API_URL}
    certificate-authority-data: ${Buffer.from(authority).toString('base64')}
users:
- name: ${name}
  user:
    token: ${token}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${name}
current-context: ${name}
`;
}
