import type { PersistentVolumeClaim } from '../../api/core/generated.js'
import { classOfClaim } from '../../api/core/volume-matching.js'
import type { StorageClass } from '../../api/storage/generated.js'
import {
  BETA_STORAGE_PROVISIONER,
  migratedDriver,
  STORAGE_PROVISIONER,
} from '../../api/storage/provisioners.js'
import { hasFeature } from '../process/version.js'
import type { BinderContext } from './context.js'
import { claimEvent } from './context.js'

const IN_TREE = 'kubernetes.io/'

/**
 * Has a volume made for the claim by whoever provisions for its class. Nothing is left in the tree that could
 * provision by itself. Source: pv_controller.go provisionClaim, provisionClaimOperationExternal.
 */
export function provision(
  context: BinderContext,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
): void {
  if (!storageClass) {
    const missing = `storageclass.storage.k8s.io ${JSON.stringify(classOfClaim(claim))} not found`
    return claimEvent(context, claim, 'Warning', 'ProvisioningFailed', missing)
  }
  const { provisioner } = storageClass
  const name = migratedDriver(provisioner) ?? provisioner
  if (name.startsWith(IN_TREE)) {
    return claimEvent(
      context,
      claim,
      'Warning',
      'ProvisioningFailed',
      `no volume plugin matched name: ${name}`,
    )
  }
  const marked = withProvisioner(context, claim, name)
  claimEvent(context, marked, 'Normal', 'ExternalProvisioning', externalText(context.host.version, name))
}

function externalText(version: string, name: string): string {
  if (!hasFeature(version, 'quotedProvisioner')) {
    return (
      `waiting for a volume to be created, either by external provisioner "${name}" or manually created ` +
      'by system administrator'
    )
  }
  return (
    `Waiting for a volume to be created either by the external provisioner '${name}' or manually by ` +
    'the system administrator. ' +
    'If volume creation is delayed, please verify that the provisioner is running and correctly registered.'
  )
}

/** External provisioners go by an annotation. Source: setClaimProvisioner. */
function withProvisioner(
  { host, writtenClaims }: BinderContext,
  claim: PersistentVolumeClaim,
  name: string,
): PersistentVolumeClaim {
  const { annotations = {} } = claim.metadata
  const wanted = hasFeature(host.version, 'storageProvisionerAnnotation')
    ? [BETA_STORAGE_PROVISIONER, STORAGE_PROVISIONER]
    : [BETA_STORAGE_PROVISIONER]
  // the beta annotation decides: it is what provisioners of all ages look at
  if (annotations[BETA_STORAGE_PROVISIONER] === name) return claim
  const added = Object.fromEntries(wanted.map((key) => [key, name]))
  const marked = { ...claim, metadata: { ...claim.metadata, annotations: { ...annotations, ...added } } }
  return writtenClaims.remember(host.client.update('persistentvolumeclaims', marked))
}
