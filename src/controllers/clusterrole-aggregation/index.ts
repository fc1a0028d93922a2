export { AGGREGATION_CONTROLLER, createClusterRoleAggregationController } from './controller.js'
