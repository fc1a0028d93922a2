export { createDeploymentController } from './controller.js'
