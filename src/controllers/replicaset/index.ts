export { createReplicaSetController, ReplicaSetController } from './controller.js'
export type { ReplicaSets, ReplicaSetView } from './controller.js'
