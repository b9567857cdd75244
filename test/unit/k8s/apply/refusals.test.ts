import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiRefusal } from '@slipway/k8s/api';
import { explainRefusal } from '@slipway/k8s/apply/refusals';
import { describeProblem } from '@slipway/kernel/errors';

const WEB = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const SECRET = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'token' };

type Causes = ApiRefusal['causes'];
const invalid = (field: string, message: string): Causes => [{ field, message, reason: 'FieldValueInvalid' }];

// Messages as a server of version 1.34 writes them.
const rows: readonly (readonly [name: string, refusal: ApiRefusal, text: string])[] = [
  [
    'conflict',
    new ApiRefusal(409, 'Conflict', 'Apply failed with 2 conflicts', [
      {
        field: '.spec.replicas',
        message: 'conflict with "kubectl" with subresource "scale" using apps/v1',
        reason: 'FieldManagerConflict',
      },
      {
        field: '.spec.template.spec.containers[name="app"].image',
        message: 'conflict with "kubectl-client-side-apply" using apps/v1',
        reason: 'FieldManagerConflict',
      },
    ]),
    `Deployment shop/web: the manifest sets fields that somebody else manages.
  got:     .spec.replicas is owned by "kubectl" (apps/v1); .spec.template.spec.containers[name="app"].image is owned by "kubectl-client-side-apply" (apps/v1)
  allowed: fields that nobody else manages, or with the value that they have
  fix:     remove them from the manifest, or take them over with: force-conflicts: true`,
  ],
  [
    'several fields',
    new ApiRefusal(422, 'Invalid', 'Deployment.apps "web" is invalid: ...', [
      ...invalid('spec.replicas', 'Invalid value: -1: must be greater than or equal to 0'),
      ...invalid('spec.selector', 'Required value'),
    ]),
    `Deployment shop/web is not valid.
  got:     spec.replicas: Invalid value: -1: must be greater than or equal to 0
spec.selector: Required value`,
  ],
  [
    'immutable',
    new ApiRefusal(422, 'Invalid', '...', invalid('spec.selector', 'Invalid value: {"a":"b"}: field is immutable')),
    `Deployment shop/web is not valid.
  got:     spec.selector: Invalid value: {"a":"b"}: field is immutable
  fix:     Kubernetes never changes this field: give the object another name, or delete it first: kubectl delete deployment web -n shop`,
  ],
  [
    'not allowed',
    new ApiRefusal(
      403,
      'Forbidden',
      'deployments.apps "web" is forbidden: User "ci" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
      [],
    ),
    `ci may not patch deployments.apps in the namespace shop.
  got:     Deployment shop/web was refused
  fix:     add to the Role of ci:
           - apiGroups: ["apps"]
             resources: ["deployments"]
             verbs: ["patch"]`,
  ],
  [
    'webhook',
    new ApiRefusal(403, 'Forbidden', 'admission webhook "rules.example.com" denied the request: no team label', []),
    `Deployment shop/web was refused by the admission webhook rules.example.com.
  got:     no team label
  fix:     change the manifest to what the webhook asks for, or ask who runs it`,
  ],
  [
    'silent webhook',
    new ApiRefusal(
      500,
      'InternalError',
      'Internal error occurred: failed calling webhook "rules.example.com": failed to call webhook: Post "https://rules": connection refused',
      [],
    ),
    `Deployment shop/web cannot be judged: the admission webhook rules.example.com does not answer.
  got:     failed to call webhook: Post "https://rules": connection refused
  fix:     look at the pods behind the webhook; nothing that it judges can be changed until it answers`,
  ],
  [
    'webhook without dry run',
    new ApiRefusal(400, 'BadRequest', 'admission webhook "rules.example.com" does not support dry run', []),
    'Deployment shop/web cannot be tried: the admission webhook rules.example.com does not support a dry run.',
  ],
  [
    'policy',
    new ApiRefusal(
      422,
      'Invalid',
      `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few-here' denied request: at most 5 replicas`,
      [],
    ),
    `Deployment shop/web was refused by the admission policy few.
  got:     at most 5 replicas`,
  ],
  [
    'pod security',
    new ApiRefusal(
      403,
      'Forbidden',
      'pods "web" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod must set securityContext.runAsNonRoot=true)',
      [],
    ),
    `Deployment shop/web breaks the pod security standard of its namespace (restricted:latest).
  got:     runAsNonRoot != true (pod must set securityContext.runAsNonRoot=true)
  fix:     set what is named in the securityContext of pod and containers`,
  ],
  [
    'quota',
    new ApiRefusal(
      403,
      'Forbidden',
      'services "web" is forbidden: exceeded quota: few, requested: services=1, used: services=2, limited: services=2',
      [],
    ),
    `Deployment shop/web does not fit into the quota of its namespace.
  got:     few, requested: services=1, used: services=2, limited: services=2
  fix:     ask for less in the manifest, free something, or raise the ResourceQuota`,
  ],
  [
    'schema',
    new ApiRefusal(
      500,
      'Unknown',
      'failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .metadata.labels.version: expected string, got &value.valueUnstructured{Value:1.1}',
      [],
    ),
    `Deployment shop/web does not fit the schema of its kind.
  got:     .metadata.labels.version: expected string, got 1.1
  fix:     put the value in quotes`,
  ],
  [
    'twice',
    new ApiRefusal(
      500,
      'Unknown',
      'failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="app"].env: duplicate entries for key [name="a"]',
      [],
    ),
    `Deployment shop/web does not fit the schema of its kind.
  got:     .spec.template.spec.containers[name="app"].env: duplicate entries for key [name="a"]
  fix:     write each of them once`,
  ],
  [
    'no base64',
    new ApiRefusal(
      500,
      'Unknown',
      'failed to convert new object (shop/web; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input byte 7',
      [],
    ),
    `Deployment shop/web does not fit the schema of its kind.
  got:     unable to convert unstructured object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input byte 7
  fix:     data holds base64; plain texts go to stringData`,
  ],
  [
    'no namespace',
    new ApiRefusal(404, 'NotFound', 'namespaces "shop" not found', []),
    `Deployment shop/web: there is no namespace shop.
  fix:     put the Namespace into the manifests, or: kubectl create namespace shop`,
  ],
  [
    'a namespace that goes',
    new ApiRefusal(
      403,
      'Forbidden',
      'deployments.apps "web" is forbidden: unable to create new content in namespace shop because it is being terminated',
      [],
    ),
    `Deployment shop/web: the namespace is being deleted.
  got:     deployments.apps "web" is forbidden: unable to create new content in namespace shop because it is being terminated
  fix:     wait until it is gone, or use another one`,
  ],
  [
    'unknown kind',
    new ApiRefusal(404, 'UnknownKind', 'The cluster knows no kind Deployment in apps/v9.', []),
    `Deployment shop/web: The cluster knows no kind Deployment in apps/v9.
  fix:     install what defines it first, or correct apiVersion and kind`,
  ],
  [
    'anything else',
    new ApiRefusal(418, 'Teapot', 'short and stout', []),
    `Deployment shop/web was refused by the API server.
  got:     short and stout`,
  ],
];

describe('what the server refuses is told in words', () => {
  for (const [name, refusal, text] of rows) {
    test(name, () => {
      assert.equal(describeProblem(explainRefusal(WEB, refusal)), text);
    });
  }
});

describe('values of Secrets are not told', () => {
  const refusals = [
    new ApiRefusal(
      422,
      'Invalid',
      'data[password]: Invalid value: "hunter2"',
      invalid('data[password]', 'Invalid value: "hunter2"'),
    ),
    new ApiRefusal(
      400,
      'BadRequest',
      'Secret "token" is invalid: data[password]: Invalid value: "hunter2": too short',
      [],
    ),
    new ApiRefusal(
      500,
      'Unknown',
      'failed to create typed patch object (shop/token; /v1, Kind=Secret): .data.a: expected string, got &value.valueUnstructured{Value:"hunter2"}',
      [],
    ),
    new ApiRefusal(
      500,
      'Unknown',
      'failed to create typed patch object (shop/token; /v1, Kind=Secret): .data.a: expected string, got &value.valueUnstructured{Value:map[string]interface {}{\n"x":"hunter2"}}',
      [],
    ),
  ];
  for (const refusal of refusals) {
    test(`${refusal.status} ${refusal.reason}`, () => {
      const text = describeProblem(explainRefusal(SECRET, refusal));

      assert.doesNotMatch(text, /hunter2/);
      assert.match(text, /data/);
    });
  }
});
