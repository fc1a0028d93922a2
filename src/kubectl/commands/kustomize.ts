import type { Command } from '../call.js'
import { KubectlError } from '../errors.js'

/** What is said of kustomizations; why is in docs/decisions/kubectl-kustomize.md. */
export const NO_KUSTOMIZE: string =
  'kustomizations are not part of simcluster: build them with `kustomize build` or `kubectl ' +
  'kustomize`, and use -f'

/** `kubectl kustomize`: refused. */
export const kustomize: Command = {
  name: 'kustomize',
  run: () => {
    throw new KubectlError(NO_KUSTOMIZE)
  },
}
