import { isDigest } from '@slipway/kernel/digest';
import type { Problem } from '@slipway/kernel/errors';
import type { ReleaseId } from '@slipway/kernel/release';
import type { JournalLine } from '@slipway/rollout/entry';
import { parseJournal } from '@slipway/rollout/journal';
import type { SlotName } from '@slipway/strategy/topology';
import { environmentFile, releaseFolder, versionOf } from './layout.ts';
import { allOf, firstOf, type Said } from './remote.ts';
import { type ServiceHost, type ServiceState, servicesIn } from './services/service.ts';

/** What one host was seen to be. */
export interface HostView {
  readonly user: string;
  /** Programs that our steps need and that are not there. */
  readonly missing: readonly string[];
  /** The folder in which nothing may be written; undefined when all is well. */
  readonly unwritable: string | undefined;
  /** What the service said that is not there. */
  readonly lacks: readonly string[];
  /** The folder of the app and environment, and systemctl, by their full paths, where the service asked for them. */
  readonly paths: { readonly base: string | undefined; readonly systemctl: string | undefined };
  /** Whole releases, by the name of their folder. */
  readonly releases: ReadonlyMap<string, ReleaseId>;
  /** The shared paths that a release was staged with, by its folder, in one line. */
  readonly shared: ReadonlyMap<string, string>;
  /** The hooks that a release brings, by its folder. */
  readonly hooks: ReadonlyMap<string, readonly string[]>;
  /** The last lines on migrations that ran here. */
  readonly migrations: readonly string[];
  /** How many bytes a transfer that was cut has left of a release, by the name of its folder. */
  readonly begun: ReadonlyMap<string, number>;
  /** The folder that each slot names, whole or not. */
  readonly slots: ReadonlyMap<SlotName, string>;
  /** The configuration that was put into each slot with its last start. */
  readonly configs: ReadonlyMap<SlotName, string>;
  /** Environments of releases that are kept here, as `environmentFile` names them. */
  readonly environments: ReadonlySet<string>;
  /** Keys the digests of configurations; undefined where none was ever kept. */
  readonly configKey: string | undefined;
  readonly services: ReadonlyMap<SlotName, ServiceState>;
  /** The end of the ledger, in whole lines. */
  readonly ledger: string;
  /** The last whole lines, oldest first. */
  readonly journal: readonly JournalLine[];
}

export function parseHostView(said: Said): HostView {
  return {
    user: firstOf(said, 'user') ?? '',
    missing: allOf(said, 'missing'),
    unwritable: firstOf(said, 'unwritable'),
    lacks: allOf(said, 'lacks'),
    paths: { base: firstOf(said, 'base'), systemctl: firstOf(said, 'systemctl') },
    releases: new Map(allOf(said, 'release').flatMap(parseRelease)),
    shared: new Map(allOf(said, 'shared').map(splitFirst)),
    hooks: parseToldHooks(said),
    migrations: allOf(said, 'migration'),
    begun: new Map(allOf(said, 'begun').map(parseBegun)),
    slots: new Map(allOf(said, 'slot').map((text) => text.split(' ') as [SlotName, string])),
    configs: new Map(
      allOf(said, 'config')
        .map((text) => text.split(' ') as [SlotName, string])
        .filter(([, config]) => config !== ''),
    ),
    environments: new Set(allOf(said, 'env')),
    configKey: firstOf(said, 'key'),
    services: new Map(servicesIn(said) as [SlotName, ServiceState][]),
    ledger: allOf(said, 'ledger')
      .map((line) => `${line}\n`)
      .join(''),
    journal: parseJournal(allOf(said, 'journal').join('\n')),
  };
}

/** What `tell_hooks` said. */
export function parseToldHooks(said: Said): ReadonlyMap<string, readonly string[]> {
  return new Map(
    allOf(said, 'hooks')
      .map(splitFirst)
      .map(([folder, names]) => [folder, names.split(' ')]),
  );
}

/** The release that is installed to run in a slot; null when there is none, or nothing whole. */
export function installed(view: HostView, slot: SlotName): ReleaseId | null {
  const release = view.releases.get(view.slots.get(slot) ?? '');
  if (release === undefined) return null;
  const config = view.configs.get(slot);
  return config === undefined ? release : { ...release, config };
}

/** The process in the slot, when it is the installed release's. */
export function running(view: HostView, slot: SlotName): ServiceState | undefined {
  const service = view.services.get(slot);
  return service?.folder === view.slots.get(slot) ? service : undefined;
}

export function holdsWhole(view: HostView, release: ReleaseId): boolean {
  return view.releases.get(releaseFolder(release))?.digest === release.digest;
}

/** Whole, and with these shared paths. */
export function holdsLinked(view: HostView, release: ReleaseId, shared: string): boolean {
  return holdsWhole(view, release) && (view.shared.get(releaseFolder(release)) ?? '') === shared;
}

/** Without a configuration there is nothing to hold. */
export function holdsConfig(view: HostView, release: ReleaseId): boolean {
  return release.config === undefined || view.environments.has(environmentFile(release));
}

/** A host as its service is told about it. */
export function serviceHost(name: string, base: string, { user, lacks, paths }: HostView): ServiceHost {
  return { name, user, lacks, base: paths.base ?? base, systemctl: paths.systemctl };
}

/** Why nothing could be deployed to this host. */
export function unfit(name: string, base: string, view: HostView): readonly Problem[] {
  const problems: Problem[] = view.missing.map((tool) => ({
    what: `${name} has no program "${tool}".`,
    fix: `install it on ${name}, for example: apt-get install ${PACKAGES[tool] ?? tool}`,
  }));
  if (view.unwritable === undefined) return problems;
  return [
    ...problems,
    {
      what: `On ${name} the user ${view.user} may not write in ${view.unwritable}.`,
      fix: `on ${name}: sudo install -d -o ${view.user} ${base}; or another \`root\` that ${view.user} owns`,
    },
  ];
}

const PACKAGES: Readonly<Record<string, string>> = {
  setsid: 'util-linux',
  df: 'coreutils',
  readlink: 'coreutils',
  sha256sum: 'coreutils',
};

function splitFirst(text: string): readonly [first: string, rest: string] {
  const blank = text.indexOf(' ');
  return blank < 0 ? [text, ''] : [text.slice(0, blank), text.slice(blank + 1)];
}

function parseRelease(text: string): readonly (readonly [string, ReleaseId])[] {
  const [folder = '', digest = ''] = text.split(' ');
  return isDigest(digest) ? [[folder, { version: versionOf(folder), digest }]] : [];
}

function parseBegun(text: string): readonly [string, number] {
  const [folder = '', bytes = ''] = text.split(' ');
  return [folder, Number(bytes) || 0];
}
