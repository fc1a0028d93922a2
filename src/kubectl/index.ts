export { ApplyError, applyObjects } from './apply/apply-objects.js'
export type { AppliedObject } from './apply/apply-objects.js'
export type {
  ServerConnection,
  ForwardedPort,
  KubectlResponse,
  KubectlEnvironment,
  KubectlOptions,
  KubectlRequest,
  KubectlResult,
  RequestedIdentity,
} from './call/environment.js'
export { foldLines } from './drain/fold.js'
export { CommandError, isFailure } from './call/errors.js'
export { createKubectl } from './kubectl.js'
export type { Kubectl } from './kubectl.js'
export { kubectlWatch } from './call/watch.js'
