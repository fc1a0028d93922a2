export { createPolicyStatusController, POLICY_STATUS_CONTROLLER } from './controller.js'
