import type { Command } from '../call.js'
import { KubectlError } from '../errors.js'

/** `kubectl kustomize`: kustomizations are not built here; there is no kept library for them in TypeScript. */
export const kustomize: Command = {
  name: 'kustomize',
  run() {
    throw new KubectlError('kustomizations are not part of simcluster: build them with `kustomize build` or `kubectl kustomize`, and use -f')
  },
}
