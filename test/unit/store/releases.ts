import { writeFileSync } from 'node:fs';
import type { Clock } from '@slipway/effects/clock';
import { systemClock } from '@slipway/effects/clock';
import { digestOf } from '@slipway/kernel/digest';
import type { Log } from '@slipway/kernel/log';
import { FILE_MEDIA_TYPE, RELEASE_SCHEMA } from '@slipway/kernel/release';
import type { ReleaseDraft, StorePorts } from '@slipway/store/store';

/** A draft for these bytes. */
export function draftOf(bytes: string | Uint8Array, overrides: Partial<ReleaseDraft> = {}): ReleaseDraft {
  return {
    schema: RELEASE_SCHEMA,
    kind: 'file',
    name: 'shop',
    version: '1.4.2',
    digest: digestOf(bytes),
    size: Buffer.byteLength(bytes),
    mediaType: FILE_MEDIA_TYPE,
    fileName: 'shop.jar',
    fileMode: '0644',
    repository: 'acme/shop',
    ref: 'refs/tags/v1.4.2',
    commit: 'a'.repeat(40),
    commitTime: '2026-03-01T12:00:00Z',
    run: { id: '7', attempt: 1, number: 3, url: 'https://github.com/acme/shop/actions/runs/7' },
    ...overrides,
  };
}

export interface Wanted {
  readonly draft: ReleaseDraft;
  readonly source: string;
}

/** A draft and the file that it describes. */
export function releaseAt(source: string, bytes: string | Uint8Array, overrides: Partial<ReleaseDraft> = {}): Wanted {
  writeFileSync(source, bytes);
  return { draft: draftOf(bytes, overrides), source };
}

export const silent: Log = {
  info: () => {},
  debug: () => {},
  warning: () => {},
  foreign: () => {},
  group: (_title, body) => body(),
};

/** Time runs 100 times as fast. */
export const hurriedClock: Clock = {
  wall: () => systemClock.wall(),
  monotonic: () => systemClock.monotonic() * 100,
  sleep: (ms, signal) => systemClock.sleep(ms / 100, signal),
};

export const hurried: StorePorts = { clock: hurriedClock, log: silent };
