import { baseFolder, type Place } from './layout.ts';
import type { Site } from './remote.ts';
import type { Session } from './ssh/session.ts';
import type { BalancerHost } from './traffic.ts';

/** Everything that a run may touch. */
export interface Sites {
  readonly members: ReadonlyMap<string, Site>;
  readonly balancers: readonly Site[];
  /** Members and balancer hosts, each session once. */
  readonly all: readonly Site[];
}

/** A member is known by the name of its host, in plans, in the journal and in the balancer's table. */
export function sitesOf(place: Place, members: readonly Session[], balancers: readonly BalancerHost[]): Sites {
  const sites = new Map(
    [...members, ...balancers.map(({ session }) => session)].map((session) => [session, siteOf(session, place)]),
  );
  const of = (session: Session): Site => sites.get(session) ?? siteOf(session, place);
  return {
    members: new Map(members.map((session) => [session.host.name, of(session)])),
    balancers: [...new Set(balancers.map(({ session }) => of(session)))],
    all: [...sites.values()],
  };
}

function siteOf(session: Session, place: Place): Site {
  return { session, base: baseFolder(session.host, place) };
}
