/** Labels that tie pods to their job; the last two are the names of old. */
export const controllerUidLabel = 'batch.kubernetes.io/controller-uid'
export const jobNameLabel = 'batch.kubernetes.io/job-name'
const legacyControllerUidLabel = 'controller-uid'
const legacyJobNameLabel = 'job-name'

/** The labels that the server gives the pods of a job. */
export function jobLabels(name: string, uid: string): Record<string, string> {
  return {
    [legacyControllerUidLabel]: uid, [legacyJobNameLabel]: name, [controllerUidLabel]: uid, [jobNameLabel]: name,
  }
}
