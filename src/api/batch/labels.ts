/** Labels that tie pods to their job, and their names of old, which pods still have. */
export const controllerUidLabel = 'batch.kubernetes.io/controller-uid'
export const jobNameLabel = 'batch.kubernetes.io/job-name'
/** The only ones before v1.27. */
export const legacyControllerUidLabel = 'controller-uid'
export const legacyJobNameLabel = 'job-name'

/** The labels that the server gives the pods of a job; without the prefixed ones as before v1.27. */
export function jobLabels(name: string, uid: string, isPrefixed = true): Record<string, string> {
  const legacy = { [legacyControllerUidLabel]: uid, [legacyJobNameLabel]: name }
  return isPrefixed ? { ...legacy, [controllerUidLabel]: uid, [jobNameLabel]: name } : legacy
}
