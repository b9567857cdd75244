import type { Amount } from '@slipway/kernel/amount';
import type { BlueGreenRequest, CanaryRequest, CanaryStep, RollingRequest } from '@slipway/strategy/plan';
import type { Capabilities, Member, SlotState, Topology } from '@slipway/strategy/topology';
import * as fc from 'fast-check';
import { aRelease } from './releases.ts';

/** What every random request asks for; random members may have it already. */
export const NEW = aRelease('v3');

export function aSlot(version: string | null, overrides: Partial<SlotState> = {}): SlotState {
  return { release: version === null ? null : aRelease(version), healthy: version !== null, share: 100, ...overrides };
}

export function aMember(name: string, blue: SlotState, overrides: Partial<Member> = {}): Member {
  return { id: `id-${name}`, name, slots: { blue }, drainedByOperator: false, ...overrides };
}

export function aTopology(members: readonly Member[], overrides: Partial<Capabilities> = {}): Topology {
  return {
    capabilities: { weights: 'by-member', slots: 1, shifts: 'each', replaces: 'stop-start', ...overrides },
    members,
  };
}

export function aRequest(overrides: Partial<RollingRequest> = {}): RollingRequest {
  const batch: RollingRequest['batch'] = [{ kind: 'percent', percent: 25 }];
  const minAvailable: Amount = { kind: 'percent', percent: 75 };
  return {
    strategy: 'rolling',
    release: NEW,
    batch,
    minAvailable,
    allowDowntime: false,
    pauseMs: 0,
    mixedVersions: 'allowed',
    ...overrides,
  };
}

const anAmount: fc.Arbitrary<Amount> = fc.oneof(
  fc.record({ kind: fc.constant('count' as const), count: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ kind: fc.constant('percent' as const), percent: fc.integer({ min: 0, max: 100 }) }),
);

const someAmounts = fc
  .tuple(anAmount, fc.array(anAmount, { maxLength: 2 }))
  .map(([first, more]) => [first, ...more] as const);

export const anyRolling: fc.Arbitrary<RollingRequest> = fc
  .record({
    batch: someAmounts,
    minAvailable: anAmount,
    allowDowntime: fc.boolean(),
    pauseMs: fc.constantFrom(0, 0, 1_000),
  })
  .map(aRequest);

/** Everything that can be found: nothing yet, half-done runs and starts, dead processes, operators at work, two slots. */
export const anyTopology: fc.Arbitrary<Topology> = fc
  .record({
    weights: fc.constantFrom('exact' as const, 'by-member' as const, 'by-member' as const, 'none' as const),
    slots: fc.constantFrom(1 as const, 1 as const, 2 as const),
    shifts: fc.constant('each' as const),
    replaces: fc.constantFrom('stop-start' as const, 'stop-start' as const, 'gradually' as const),
  })
  .chain((capabilities) =>
    fc
      .array(anySlots(capabilities), { minLength: 1, maxLength: 9 })
      .map((members) => aTopology(members.map(named), capabilities)),
  );

function anySlots({ weights, slots, replaces }: Capabilities): fc.Arbitrary<Omit<Member, 'id' | 'name'>> {
  const version = fc.constantFrom('v1', 'v2', 'v2', 'v2', 'v3', null);
  const healthy = fc.constantFrom(true, true, true, false);
  const operator = fc.constantFrom(false, false, false, false, true);
  const shares = fc.constantFrom<readonly [number, number]>([100, 0], [100, 0], [100, 0], [0, 100], [60, 40], [0, 0]);
  const next = replaces === 'gradually' ? fc.constantFrom(undefined, undefined, 'v1', 'v3') : fc.constant(undefined);
  const anything = fc.tuple(version, healthy, version, healthy, operator, shares, next);
  return anything.map(([blue, up, green, upToo, drained, s, onItsWay]) => {
    const drainedByOperator = drained && weights !== 'none';
    const share = (n: number): number => (weights === 'none' ? 100 : drainedByOperator ? 0 : n);
    const settled = aSlot(blue, { healthy: up && blue !== null, share: share(s[0]) });
    const becomes = settled.healthy && onItsWay !== undefined;
    const first = becomes ? { ...settled, becoming: aRelease(onItsWay) } : settled;
    const second = aSlot(green, { healthy: upToo && green !== null, share: share(s[1]) });
    return { slots: slots === 1 ? { blue: first } : { blue: first, green: second }, drainedByOperator };
  });
}

function named(member: Omit<Member, 'id' | 'name'>, index: number): Member {
  return { id: `id-${index + 1}`, name: `web-${index + 1}`, ...member };
}

const asked = { release: fc.constant(NEW), minAvailable: anAmount, allowDowntime: fc.boolean() } as const;
const until = fc.constantFrom('end', 'end', 'first-step');
const mixedVersions = fc.constantFrom('allowed', 'allowed', 'forbidden');
const steps = fc
  .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 })
  .map((percents) => percents.toSorted((a, b) => a - b).map((percent): CanaryStep => ({ percent, soakMs: 1_000 })))
  .filter((all): all is [CanaryStep, ...CanaryStep[]] => all.length > 0);

export const anyBlueGreen: fc.Arbitrary<BlueGreenRequest> = fc.record({
  ...asked,
  strategy: fc.constant('blue-green'),
  soakMs: fc.constantFrom(0, 1_000),
  checks: fc.boolean(),
  keepWarm: fc.boolean(),
  until,
});

export const anyCanary: fc.Arbitrary<CanaryRequest> = fc.record({
  ...asked,
  strategy: fc.constant('canary'),
  steps,
  checks: fc.boolean(),
  keepWarm: fc.boolean(),
  mixedVersions,
  until,
});

/**
 * Two slots behind a router that moves the whole fleet, or one that is told of each server: both on every member, or
 * two groups of hosts. Shares are one for the whole fleet where they move together.
 */
export const anyTwoSlots: fc.Arbitrary<Topology> = fc
  .record({ shifts: fc.constantFrom('together' as const, 'together' as const, 'each' as const), groups: fc.boolean() })
  .chain(({ shifts, groups }) => {
    const capabilities: Capabilities = { weights: 'exact', slots: 2, shifts, replaces: 'stop-start' };
    const anyShares = fc.constantFrom<readonly [number, number]>([100, 0], [100, 0], [0, 100], [60, 40], [25, 75]);
    const members = fc.array(anySide, { minLength: groups ? 2 : 1, maxLength: 6 });
    return fc.tuple(anyShares, members).map(([shares, sides]) => {
      const all = sides.map(({ blue, green, drainedByOperator }, index) => {
        const share = (side: 0 | 1): number => (drainedByOperator ? 0 : shares[side]);
        const slots = { blue: { ...blue, share: share(0) }, green: { ...green, share: share(1) } };
        if (!groups) return named({ slots, drainedByOperator }, index);
        return named(
          { slots: index % 2 === 0 ? { blue: slots.blue } : { green: slots.green }, drainedByOperator },
          index,
        );
      });
      return aTopology(all, capabilities);
    });
  });

const anySide = fc
  .record({
    blue: fc.constantFrom('v2', 'v2', 'v2', 'v1', 'v3', null),
    green: fc.constantFrom('v1', 'v1', 'v3', 'v3', null, null),
    up: fc.constantFrom(true, true, true, true, false),
    upToo: fc.constantFrom(true, true, true, false),
    drainedByOperator: fc.constantFrom(false, false, false, false, false, true),
  })
  .map(({ blue, green, up, upToo, drainedByOperator }) => ({
    blue: aSlot(blue, { healthy: up && blue !== null }),
    green: aSlot(green, { healthy: upToo && green !== null }),
    drainedByOperator,
  }));
