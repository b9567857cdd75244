import { buildEnvironment } from '@slipway/build/environment';
import type { Clock } from '@slipway/effects/clock';
import type { Exec } from '@slipway/effects/exec';
import type { Http } from '@slipway/effects/http';
import { chooseBuilder } from '@slipway/image/builders/choose';
import { logIn } from '@slipway/image/login';
import { removePrivateFolder, withPrivateFolder } from '@slipway/image/private-folder';
import { buildAndPush } from '@slipway/image/push';
import { formatReference } from '@slipway/image/reference';
import { openRegistry } from '@slipway/image/registry';
import { renderSummary } from '@slipway/image/summary';
import { checkSources } from '@slipway/image/wish';
import { isString } from '@slipway/kernel/json';
import { formatRelease } from '@slipway/kernel/release';
import { writeOutputs } from '@slipway/kit/outputs';
import type { Runtime } from '@slipway/kit/run-action';
import { stateKey } from '@slipway/kit/state';
import { writeSummary } from '@slipway/kit/summary';
import { describeWorkTree } from '@slipway/source/work-tree';
import { action, type Inputs } from './inputs.ts';
import { credentialsOf, orderOf, recordOf, wishOf } from './order.ts';

export interface Ports extends Runtime {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly http: Pick<Http, 'request'>;
}

/** Where main keeps the login while it runs. */
const privateFolder = stateKey('private-folder', isString);

export async function run(inputs: Inputs, runtime: Ports): Promise<void> {
  // neither git nor a builder has any business with our inputs
  const ports = { ...runtime, env: buildEnvironment(runtime.env) };
  const { context, log, env } = ports;
  const wish = wishOf(inputs, context.workspace);
  await checkSources(wish);
  const order = orderOf(inputs, wish, await describeWorkTree(wish.context, inputs.commit, ports), context);
  const { registry: host, path, tags } = order.destination;
  const credentials = credentialsOf(inputs);
  const registry = openRegistry({ registry: host, credentials, plainHttp: inputs.plainHttp }, ports);

  const { builder, because } = await chooseBuilder(inputs.builder, wish, ports);
  log.info(`Build with ${builder.title}: ${because}.`);
  await registry.checkPush(path);

  const manifest = await withPrivateFolder(context.temp, remember, async (folder) => {
    const login = { registry: host, credentials, logins: builder.logins, env };
    const site = { folder: context.workspace, scratch: folder, env: await logIn(folder, login) };
    return await buildAndPush({ ...order, builder }, site, { ...ports, registry });
  });

  const record = recordOf(order, manifest);
  const image = formatReference({ registry: host, path, digest: manifest.digest });
  writeOutputs(action.outputs, { digest: manifest.digest, image, release: formatRelease(record) });
  await writeSummary(renderSummary({ ...order, record, manifest, builder: builder.title }), env);
  log.info(`${record.name} ${record.version} is ${image}, under ${tags.join(', ')}.`);
}

function remember(folder: string): void {
  privateFolder.save(folder);
}

/** After the job's steps: main removes its folder itself, unless it was killed. */
export async function finish({ context, env }: Runtime): Promise<void> {
  const folder = privateFolder.read(env);
  if (folder !== undefined) await removePrivateFolder(folder, context.temp);
}
