import type { KubectlCommand } from '../call/call.js'
import { KubectlError } from '../call/errors.js'

/** Why kustomizations are refused; see docs/decisions/kubectl-kustomize.md. */
export const NO_KUSTOMIZE: string =
  'kustomizations are not part of simcluster: build them with `kustomize build` or `kubectl ' +
  'kustomize`, and use -f'

/** `kubectl kustomize`: always refused. */
export const kustomize: KubectlCommand = {
  name: 'kustomize',
  run: () => {
    throw new KubectlError(NO_KUSTOMIZE)
  },
}
