/**
 * `simcluster/types`: the types of all kinds of Kubernetes' core groups, as the server returns objects
 * (`Pod`) and as they are written (`PodInput`).
 */
export type * from './api/meta/generated.js'
export type * from './api/meta/inputs.js'
export type * from './api/core/generated.js'
export type * from './api/core/inputs.js'
export type * from './api/apps/generated.js'
export type * from './api/apps/inputs.js'
export type * from './api/batch/generated.js'
export type * from './api/batch/inputs.js'
// what a failed request throws; its `kind` and `status` are literals
export type { Status, StatusCause, StatusDetails } from './client/api-error.js'
export type { KubeObject } from './api/kind/definition.js'
