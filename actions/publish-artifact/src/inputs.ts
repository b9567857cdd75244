import { defineAction, defineInputs, defineOutputs, type InputsOf } from '@slipway/kit/spec';
import { type InputType, name, path } from '@slipway/kit/types';
import { originInputs } from '@slipway/source/origin-inputs';
import { parseStoreUri, STORE_RULE } from '@slipway/store/open';

const storeUri: InputType<string> = {
  name: 'store URI',
  allowed: STORE_RULE,
  yamlExample: 'file:///srv/releases',
  parse(raw) {
    const address = parseStoreUri(raw.trim());
    return address === undefined ? { ok: false } : { ok: true, value: address.uri };
  },
};

export const action = defineAction({
  name: 'publish-artifact',
  description: 'Puts a file or folder into a store by its digest, once and for all, and writes its release record.',
  branding: { icon: 'package', color: 'blue' },
  inputs: defineInputs({
    path: {
      type: path,
      required: true,
      description: 'The file or folder to publish. A file is published as it is, a folder as a canonical tar.',
      example: '${{ steps.build.outputs.artifact }}',
    },
    store: {
      type: storeUri,
      required: true,
      description: 'Where releases are kept: `file:///absolute/folder`, on a disk or a network file system.',
      example: 'file:///srv/releases',
    },
    name: {
      type: name,
      description: 'What is published; versions are counted by name. Without it, the name of the repository.',
      example: 'shop',
    },
    ...originInputs,
  }),
  outputs: defineOutputs({
    release: { description: 'The release record as compact JSON: what deploys and rollbacks take.' },
    digest: { description: 'The sha256 of the bytes that get transferred, as `sha256:...`.' },
    version: { description: 'The version it was published under.' },
  }),
});

export type Inputs = InputsOf<typeof action.inputs>;
