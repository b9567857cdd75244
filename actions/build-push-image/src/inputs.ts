import { BUILDER_NAMES } from '@slipway/image/builders/builder';
import { isTag, parseRepository, REPOSITORY_RULE, type Repository, TAG_RULE } from '@slipway/image/reference';
import { wishProblems } from '@slipway/image/wish';
import type { Problem } from '@slipway/kernel/errors';
import type { ReadSoFar } from '@slipway/kit/read-inputs';
import { defineAction, defineInputs, defineOutputs, type InputsOf } from '@slipway/kit/spec';
import { choice, flag, type InputType, lines, list, name, path, secretText, text } from '@slipway/kit/types';
import { originInputs } from '@slipway/source/origin-inputs';

/** Expressions cannot lower the case, and owners of repositories may have capitals. */
const repository: InputType<Repository> = {
  name: 'image name',
  allowed: REPOSITORY_RULE,
  yamlExample: 'ghcr.io/acme/shop',
  parse(raw) {
    const parsed = parseRepository(raw.trim().toLowerCase());
    return 'what' in parsed ? { ok: false } : { ok: true, value: parsed };
  },
};

const tagList: InputType<readonly string[]> = {
  ...list,
  name: 'tags',
  allowed: `one tag a line or separated by commas; a tag is ${TAG_RULE}`,
  yamlExample: '1.4.2, latest',
  parse(raw) {
    const entries = list.parse(raw);
    if (!entries.ok || !entries.value.every(isTag)) return { ok: false };
    return { ok: true, value: [...new Set(entries.value)] };
  },
};

export const action = defineAction({
  name: 'build-push-image',
  description: 'Builds an image from a Dockerfile and pushes it, until every tag surely stands for the one digest.',
  branding: { icon: 'box', color: 'blue' },
  post: true,
  inputs: defineInputs({
    image: {
      type: repository,
      required: true,
      description: 'Where the image goes: registry and name, without a tag. Capitals become small letters.',
      example: 'ghcr.io/acme/shop',
    },
    tags: {
      type: tagList,
      description: 'The tags, the most precise first. Without them, the version; a `+` in it becomes `-`.',
      example: '1.4.2, latest',
    },
    context: { type: path, default: '.', description: 'The folder that the build sees, seen from the workspace.' },
    file: { type: path, default: 'Dockerfile', description: 'The Dockerfile, seen from the context.' },
    'build-args': {
      type: lines,
      description:
        'Values for `ARG`, `NAME=value` a line. They can be read in the process list and in the image: no secrets.',
      example: '|\n  VERSION=1.4.2',
    },
    target: { type: text, description: 'The stage to build; without it, the last.', example: 'runtime' },
    labels: {
      type: lines,
      description: 'Labels of the image, `key=value` a line.',
      example: '|\n  org.opencontainers.image.licenses=Apache-2.0',
    },
    platforms: {
      type: list,
      description:
        'Platforms to build for; without them, that of the builder. Several need buildx with its own daemon.',
      example: 'linux/amd64, linux/arm64',
    },
    builder: {
      type: choice('auto', ...BUILDER_NAMES),
      default: 'auto',
      description:
        'What builds; `auto` takes the first of `buildx`, `docker` and `buildah` that is here and can do it.',
    },
    username: {
      type: text,
      description: 'Who logs in to the registry of the image; without it, nobody.',
      example: '${{ github.actor }}',
    },
    password: {
      type: secretText,
      secret: true,
      description: 'The password or token of that user. Never in argv; in a private file while the step runs.',
      example: '${{ secrets.GITHUB_TOKEN }}',
    },
    'plain-http': {
      type: flag,
      default: 'false',
      description:
        'Speaks HTTP without TLS with the registry, as is always done on loopback. A docker engine has to allow it, too.',
    },
    name: {
      type: name,
      description: 'What is released; versions are counted by name. Without it, the last part of `image`.',
      example: 'shop',
    },
    ...originInputs,
  }),
  outputs: defineOutputs({
    digest: { description: 'The digest of the manifest that was pushed, as `sha256:...`.' },
    image: { description: 'The image by its digest, `registry/name@sha256:...`: what to deploy.' },
    release: { description: 'The release record as compact JSON: what deploys and rollbacks take.' },
  }),
});

export type Inputs = InputsOf<typeof action.inputs>;

/** What the inputs do wrong together, or beyond their types. */
export function inputProblems(inputs: ReadSoFar<typeof action.inputs>): readonly Problem[] {
  const { username, password } = inputs;
  const isHalf = (username === undefined) !== (password === undefined);
  const half: Problem = {
    what: 'A login needs "username" and "password".',
    got: username === undefined ? 'only "password"' : 'only "username", or an empty secret',
    fix: 'username: ${{ github.actor }}\npassword: ${{ secrets.GITHUB_TOKEN }}',
  };
  return [...(isHalf ? [half] : []), ...wishProblems(inputs)];
}
