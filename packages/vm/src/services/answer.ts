import { isDigest } from '@slipway/kernel/digest';
import { type Problem, UserError } from '@slipway/kernel/errors';
import { isInteger, isObject, isString, parseJson } from '@slipway/kernel/json';
import { isVersion, VERSION_RULE } from '@slipway/kernel/names';
import { releaseFolder } from '../layout.ts';
import type { ServiceState } from './service.ts';

const EXAMPLE =
  '{"running":true,"pid":4711,"since":"2026-01-01T00:00:00Z","restarts":0,"version":"v1","digest":"sha256:..."}';

/** Reads what a program answered to `status`; undefined = nothing runs. Its word is the proof of the version. */
export function parseAnswer(text: string): ServiceState | undefined {
  const answer = parseJson(text);
  if (!isObject(answer) || typeof answer.running !== 'boolean') {
    throw wrong('is no JSON object with "running": true or false', text.trim() || 'nothing');
  }
  if (!answer.running) return undefined;
  const { pid, since = '', restarts = 0, version, digest } = answer;
  if (!isInteger(pid) || pid < 1) throw wrong('has no "pid"', text, 'the process id, a whole number from 1');
  if (!isString(since)) throw wrong('has a "since" that is no text', text, 'when the process began, in any form');
  if (!isInteger(restarts) || restarts < 0)
    throw wrong('has wrong "restarts"', text, 'a whole number from 0, or absent');
  if (!isString(version) || !isVersion(version)) throw wrong('has no "version"', text, VERSION_RULE);
  if (!isDigest(digest))
    throw wrong('has no "digest"', text, 'sha256: and 64 hexadecimal digits, as the request had it');
  return { pid, since, restarts, inside: true, folder: releaseFolder({ version, digest }) };
}

function wrong(how: string, got: string, allowed?: string): UserError {
  const problem: Problem = {
    what: `The answer of the service's command to "status" ${how}.`,
    got,
    ...(allowed === undefined ? {} : { allowed }),
    fix: `${EXAMPLE}, or {"running":false}`,
  };
  return new UserError(problem);
}
