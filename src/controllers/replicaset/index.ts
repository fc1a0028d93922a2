export { createReplicaSetController } from './controller.js'
