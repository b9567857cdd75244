import { isSameRepository, parseReference } from '@slipway/image/reference';
import { type Problem, UserError } from '@slipway/kernel/errors';
import { isString } from '@slipway/kernel/json';
import { describeRef, type KubeObject, refOf } from '../object.ts';
import { type Container, containersOf, podSpecOf, withContainers } from '../pod-template.ts';
import { IMAGES_RULE, type ImageChoice } from './image-lines.ts';

/**
 * Puts the chosen images into the pod templates of the objects: containers and init containers whose repository or name
 * is exactly the one of the line. All others stay untouched; a line that fits none is an error that says what there is.
 */
export function withImages(objects: readonly KubeObject[], choices: readonly ImageChoice[]): readonly KubeObject[] {
  const used = new Set<ImageChoice>();
  const problems: Problem[] = [];
  const swap = (object: KubeObject, container: Container): Container => {
    const fitting = choices.filter((choice) => fits(choice, container));
    for (const choice of fitting) used.add(choice);
    const images = [...new Set(fitting.map(({ image }) => image))];
    if (images.length > 1) problems.push(ambiguous(object, container, fitting));
    return images[0] === undefined ? container : { ...container, image: images[0] };
  };
  const changed = objects.map((object) => withContainers(object, (container) => swap(object, container)));
  const there = choices.every((choice) => used.has(choice)) ? '' : listContainers(objects);
  problems.push(...choices.filter((choice) => !used.has(choice)).map((choice) => unused(choice, there)));
  if (problems.length > 0) throw new UserError(problems);
  return changed;
}

function fits({ target }: ImageChoice, { name, image }: Container): boolean {
  if (target.kind === 'container') return target.name === name;
  const reference = isString(image) ? parseReference(image) : undefined;
  return reference !== undefined && !('what' in reference) && isSameRepository(reference, target.repository);
}

function unused({ target, shown, release }: ImageChoice, there: string): Problem {
  const sought =
    target.kind === 'container'
      ? `is called ${target.name}`
      : `has an image of the repository ${target.repository.registry}/${target.repository.path}`;
  return {
    what: `A line of the input "images" changes nothing: no container in the manifests ${sought}.`,
    got: shown,
    allowed: there === '' ? 'none: no object in the manifests has pods' : there,
    fix:
      release === undefined
        ? IMAGES_RULE
        : `container:NAME=\${{ steps.image.outputs.release }}    # or the repository as the manifests name it`,
  };
}

function ambiguous(object: KubeObject, { name }: Container, fitting: readonly ImageChoice[]): Problem {
  return {
    what: `Several lines of the input "images" fit the container ${name} of ${describeRef(refOf(object))}.`,
    got: fitting.map(({ shown }) => shown).join('; '),
    allowed: 'one image for each container',
    fix: `container:${name}=... only, or one line for the repository only`,
  };
}

function listContainers(objects: readonly KubeObject[]): string {
  const lines = objects.flatMap((object) =>
    containersOf(podSpecOf(object) ?? {}).map(
      ({ name, image }) => `${object.kind} ${object.metadata.name}: container ${name} = ${String(image)}`,
    ),
  );
  return lines.join('; ');
}
