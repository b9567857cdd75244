import type { KubeApi } from '@slipway/k8s/api';

/** An API of which only these methods may be called; every other call fails the test. */
export function fakeKubeApi(methods: Partial<KubeApi>): KubeApi {
  return new Proxy(methods, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (method !== undefined) return method;
      return () => {
        throw new Error(`the test did not expect a call of ${String(name)}`);
      };
    },
  }) as KubeApi;
}
