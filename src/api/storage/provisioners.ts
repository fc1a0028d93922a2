/** On claims and volumes: the provisioner. */
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner'
export const BETA_STORAGE_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner'
/** On a volume: the provisioner that created it. */
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
/** On a volume or claim: the CSI driver that has replaced the in-tree plugin. */
export const MIGRATED_TO = 'pv.kubernetes.io/migrated-to'
/** On a class: it is the default for claims without a class. */
export const DEFAULT_CLASS: readonly string[] = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

/** CSI drivers that have replaced in-tree plugins, by the plugin's name. Source: csi-translation-lib. */
const MIGRATED: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
}

/** Returns the CSI driver that replaces an in-tree provisioner, or undefined. */
export function migratedDriver(provisioner: string): string | undefined {
  return Object.hasOwn(MIGRATED, provisioner) ? MIGRATED[provisioner] : undefined
}
