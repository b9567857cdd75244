import { isDigest } from '@slipway/kernel/digest';
import type { Problem } from '@slipway/kernel/errors';
import type { ReleaseId } from '@slipway/kernel/release';
import type { JournalLine } from '@slipway/rollout/entry';
import { parseJournal } from '@slipway/rollout/journal';
import type { SlotName } from '@slipway/strategy/topology';
import { releaseFolder, versionOf } from './layout.ts';
import { allOf, firstOf, type Said } from './remote.ts';
import { parseService, type ServiceState } from './services/service.ts';

/** What one host was seen to be. */
export interface HostView {
  readonly user: string;
  /** Programs that our steps need and that are not there. */
  readonly missing: readonly string[];
  /** The folder in which nothing may be written; undefined when all is well. */
  readonly unwritable: string | undefined;
  /** Whole releases, by the name of their folder. */
  readonly releases: ReadonlyMap<string, ReleaseId>;
  /** How many bytes a transfer that was cut has left of a release, by the name of its folder. */
  readonly begun: ReadonlyMap<string, number>;
  /** The folder that each slot names, whole or not. */
  readonly slots: ReadonlyMap<SlotName, string>;
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
    releases: new Map(allOf(said, 'release').flatMap(parseRelease)),
    begun: new Map(allOf(said, 'begun').map(parseBegun)),
    slots: new Map(allOf(said, 'slot').map((text) => text.split(' ') as [SlotName, string])),
    services: new Map(allOf(said, 'service').map(parseService) as [SlotName, ServiceState][]),
    ledger: allOf(said, 'ledger')
      .map((line) => `${line}\n`)
      .join(''),
    journal: parseJournal(allOf(said, 'journal').join('\n')),
  };
}

/** The release that is installed to run in a slot; null when there is none, or nothing whole. */
export function installed(view: HostView, slot: SlotName): ReleaseId | null {
  return view.releases.get(view.slots.get(slot) ?? '') ?? null;
}

/** The process in the slot, when it is the installed release's. */
export function running(view: HostView, slot: SlotName): ServiceState | undefined {
  const service = view.services.get(slot);
  return service?.folder === view.slots.get(slot) ? service : undefined;
}

export function holdsWhole(view: HostView, release: ReleaseId): boolean {
  return view.releases.get(releaseFolder(release))?.digest === release.digest;
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

function parseBegun(text: string): readonly [string, number] {
  const [folder = '', bytes = ''] = text.split(' ');
  return [folder, Number(bytes) || 0];
}

function parseRelease(text: string): readonly (readonly [string, ReleaseId])[] {
  const [folder = '', digest = ''] = text.split(' ');
  return isDigest(digest) ? [[folder, { version: versionOf(folder), digest }]] : [];
}
