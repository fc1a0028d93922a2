/** `simcluster/pki`: certificates of a cluster, as `kubeadm certs` shows and renews them. */
export { certificateExpiry, expiryText, renewCertificates, testKeys } from './pki/index.js'
export type { CertificateExpiry, InventoryRow, KeyProvider, Pki, Renewal } from './pki/index.js'
