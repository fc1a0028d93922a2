export { detachedSignature } from './tokens/bootstrap-jws.js'
export { createCertificate, parseCertificate, parseCertificates } from './certificate.js'
export type { Certificate, CertificateSpec, Issuer } from './certificate.js'
export type { AlternativeNames, Extensions, KeyUsage, Purpose } from './extensions.js'
export { PKI_DIR } from './inventory/inventory.js'
export type { PkiConfig } from './inventory/inventory.js'
export {
  AUTHORITIES,
  authorityValidityOf,
  configEntries,
  leafEntries,
  validityOf,
} from './inventory/inventory.js'
export { NODE_FILES } from './node-files.js'
export type { KeyProvider } from './keys.js'
export { cachedKey, isPublishedKey, testKeys } from './keys.js'
export { opensslAddress } from './inventory/inventory-rows.js'
export type { InventoryRow } from './inventory/inventory-rows.js'
export { kubeconfigText } from './kubeconfig.js'
export type { KubeconfigOptions, UserCredential } from './kubeconfig.js'
export type { Subject } from './name.js'
export { attributesOf, nameOfAttributes } from './name.js'
export {
  datedFile,
  isKubeletFile,
  joinedValidity,
  KUBELET_CLIENT_FILE,
  KUBELET_CONFIG_FILE,
  KUBELET_SERVER_FILE,
} from './node-files.js'
export type { Validity } from './node-files.js'
export { privateKeyPem, signWith } from './crypto/rsa.js'
export type { PrivateKey } from './crypto/rsa.js'
export { Pki, readChain } from './pki.js'
export type { CertificateIdentity, KeyedCertificate, PkiOptions, PkiState } from './pki.js'
export { ClientCertificates } from './client-certificates.js'
export { certificateExpiry, renewCertificates, renewKubeletCertificate } from './inventory/renewal.js'
export type { CertificateExpiry, Renewal } from './inventory/renewal.js'
export { expiryText } from './inventory/expiry-text.js'
export { createRequest, parseRequest } from './request.js'
export type { CertificateRequest } from './request.js'
export { signRequest } from './sign-request.js'
export { serverFault, verifyChain } from './verify.js'
