export { createClusterRoleAggregationController } from './controller.js'
