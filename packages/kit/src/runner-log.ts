import { randomUUID } from 'node:crypto';
import * as core from '@actions/core';
import type { Log } from '@slipway/kernel/log';

/** The log as actions have it: rooms see only the port. */
export interface ActionLog extends Log {
  /** An annotation that tells good or neutral news. */
  notice(message: string): void;
  /** The annotation of a failure. It does not end anything by itself. */
  error(message: string): void;
  /** From now on the runner prints `***` for this text. */
  mask(text: string): void;
  /** The last words: what did not fit. */
  close(): void;
}

/** An annotation of each level, as the runner wants it. */
const ISSUE = { error: core.error, warning: core.warning, notice: core.notice } as const;

type Level = keyof typeof ISSUE;

/** The runner shows 10 annotations of each level per step; one is left for its own. */
const ANNOTATIONS = 9;
/** The runner cuts messages at 4,096 characters without a word. */
const MESSAGE_LENGTH = 4_000;

/**
 * stdout is one for the whole process, and so are the runner's state behind it and this value: a mask that is sent
 * while commands are stopped would be lost.
 */
export const runnerLog: ActionLog = createRunnerLog();

function createRunnerLog(): ActionLog {
  // One token for all: the runner masks each token with all its encodings, so a new one per line would slow it down.
  const token = `slipway-${randomUUID()}`;
  const shown: Record<Level, number> = { error: 0, warning: 0, notice: 0 };
  const left: Record<Level, number> = { error: 0, warning: 0, notice: 0 };
  let stopped = false;
  let groups = 0;

  /** Commands stay stopped until we speak ourselves: two marks around a block, not around each line. */
  function foreign(text: string): void {
    if (!stopped) process.stdout.write(`::stop-commands::${token}\n`);
    stopped = true;
    process.stdout.write(/[\r\n]$/.test(text) ? text : `${text}\n`);
  }

  function resume(): void {
    if (stopped) process.stdout.write(`::${token}::\n`);
    stopped = false;
  }

  /** Our own lines quote names and answers that others chose. */
  function info(message: string): void {
    if (message.includes('::') || message.includes('##[')) {
      foreign(message);
    } else {
      resume();
      core.info(message);
    }
  }

  function annotate(level: Level, message: string): void {
    if (shown[level] === ANNOTATIONS) {
      left[level] += 1;
      info(`${level}: ${message}`);
      return;
    }
    shown[level] += 1;
    if (message.length > MESSAGE_LENGTH) info(message);
    resume();
    ISSUE[level](shortened(message));
  }

  async function group<T>(title: string, body: () => Promise<T>): Promise<T> {
    resume();
    // The runner does not nest groups: an inner one would close the outer one.
    if (groups === 0) core.startGroup(title);
    else info(title);
    groups += 1;
    try {
      return await body();
    } finally {
      groups -= 1;
      resume();
      if (groups === 0) core.endGroup();
    }
  }

  return {
    info,
    debug(message) {
      if (!core.isDebug()) return;
      resume();
      core.debug(message);
    },
    notice: (message) => annotate('notice', message),
    warning: (message) => annotate('warning', message),
    error: (message) => annotate('error', message),
    group,
    foreign,
    mask(text) {
      resume();
      core.setSecret(text);
    },
    close() {
      for (const level of ['error', 'warning', 'notice'] as const) {
        if (left[level] > 0) info(`${left[level]} more of level ${level} above, in the log only.`);
      }
      resume();
    },
  };
}

function shortened(message: string): string {
  if (message.length <= MESSAGE_LENGTH) return message;
  return `${message.slice(0, MESSAGE_LENGTH).toWellFormed()}\n(cut here; the log has the whole text)`;
}
