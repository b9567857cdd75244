import { mkdirSync } from 'node:fs';
import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import { baseFolder } from '@slipway/vm/layout';
import { lockFleet } from '@slipway/vm/lease/fleet-lock';
import { firstOf, runStep, type Said, type Site } from '@slipway/vm/remote';
import { chooseService, type ServiceOptions } from '@slipway/vm/services/choose';
import { parseService, type Service, type ServiceState } from '@slipway/vm/services/service';
import { openAll } from '@slipway/vm/ssh/open';
import type { VmFleet } from '../../lab/vm/fleet.ts';
import type { VmHost } from '../../lab/vm/host.ts';
import { keptLog } from '../../support/kept-log.ts';
import { leaseOf, lockSettings } from '../../support/ssh-lab.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';
import { JOURNAL, type PackedRelease, PLACE, packRelease, stageRelease } from '../../support/vm-host.ts';
import type { KindCase } from './kinds.ts';

export const STOP_MS = 2_000;

/** One service on a real host, worked by our own steps over a real connection, with its lease held. */
export interface ServiceBench extends AsyncDisposable {
  readonly host: VmHost;
  readonly base: string;
  /** Packs files and brings them to the host. */
  stage(version: string, files: Readonly<Record<string, string>>): Promise<PackedRelease>;
  /** Keeps an environment for the release on the host; its name, for `start`. */
  configure(release: PackedRelease, environment: string): Promise<string>;
  /** What the step said; rejects with a HostError when it failed. */
  start(release: PackedRelease, config?: string): Promise<Said>;
  stop(): Promise<Said>;
  status(logLines?: number): Promise<{ readonly service: ServiceState | undefined; readonly log: readonly string[] }>;
  observe(): Promise<Said>;
}

export function optionsOf(kind: KindCase): ServiceOptions {
  return {
    place: PLACE,
    start: 'bin/start',
    stop: 'bin/stop',
    stopMs: STOP_MS,
    unit: undefined,
    become: 'none',
    tomcatBase: '/var/lib/tomcat10',
    tomcatContext: undefined,
    engine: 'docker',
    containerPort: undefined,
    containerOptions: [],
    command: '',
    endpoint: () => ({ port: 8_080 }),
    ...kind.options,
  };
}

export async function serviceBench(fleet: VmFleet, host: VmHost, kind: KindCase): Promise<ServiceBench> {
  const folder = temporaryFolder('sl-');
  const service = chooseService(kind.kind, optionsOf(kind));
  const { name, address, port, user } = host;
  const opened = await openAll([{ name, address, port, user, root: '/opt/slipway' }], {
    exec: systemExec,
    clock: systemClock,
    log: keptLog(),
    privateFolder: folder.path,
    knownHosts: fleet.inputs['known-hosts'],
    sshKey: fleet.inputs['ssh-key'],
    connectTimeoutMs: 10_000,
    forwards: () => [],
    lease: leaseOf(1),
  });
  await lockFleet(opened.sessions, lockSettings());
  const [session] = opened.sessions;
  if (session === undefined) throw new Error('nothing was opened');
  const site: Site = { session, base: baseFolder(session.host, PLACE) };
  return {
    ...steps(site, service, folder),
    host,
    base: site.base,
    async [Symbol.asyncDispose]() {
      await opened.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function steps(
  site: Site,
  service: Service,
  folder: TemporaryFolder,
): Pick<ServiceBench, 'stage' | 'configure' | 'start' | 'stop' | 'status' | 'observe'> {
  const { host } = site.session;
  const { functions } = service;
  const call = { functions, fence: 'fenced', timeoutMs: 30_000 } as const;
  return {
    async stage(version, files) {
      mkdirSync(folder.at('tree'), { recursive: true });
      const release = await packRelease(folder, version, files);
      await stageRelease({ site }, release);
      return release;
    },
    async configure({ dir }, environment) {
      const config = '0123456789abcdef0123456789abcdef';
      const vars = { ...JOURNAL, dir, config, key: 'the key', size: String(environment.length) };
      await runStep(site, 'configure', { ...call, vars, input: environment });
      return config;
    },
    start: (release, config = '') =>
      runStep(site, 'start', {
        ...call,
        vars: {
          ...JOURNAL,
          slot: 'blue',
          dir: release.dir,
          digest: release.id.digest,
          config,
          ...service.vars(host, 'blue', release.id),
        },
      }),
    stop: () =>
      runStep(site, 'stop', { ...call, vars: { ...JOURNAL, slot: 'blue', ...service.vars(host, 'blue', null) } }),
    async status(logLines = 0) {
      const vars = { slot: 'blue', log_lines: String(logLines) };
      const said = await runStep(site, 'status', { functions, vars, fence: 'free', timeoutMs: 30_000 });
      const found = firstOf(said, 'service');
      const log = said.flatMap(([key, value]) => (key === 'log' ? [value] : []));
      return { service: found === undefined ? undefined : parseService(found)[1], log };
    },
    observe: () =>
      runStep(site, 'observe', {
        functions,
        vars: { slot_names: 'blue', ledger_lines: '10', journal_lines: '10' },
        fence: 'free',
        timeoutMs: 30_000,
      }),
  };
}
