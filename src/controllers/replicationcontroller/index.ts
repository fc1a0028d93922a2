export { createReplicationController } from './controller.js'
