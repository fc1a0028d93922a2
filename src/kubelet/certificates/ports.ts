import type { Slice } from '../../sim/module.js'

/** A certificate that a kubelet's process has loaded. Plain data. */
export interface HeldCertificate {
  /** Virtual ms. */
  readonly notBefore: number
  /** Virtual ms. */
  readonly notAfter: number
  /** PEM of the chain; undefined: what the node was given when it joined, which nobody has made yet. */
  readonly pem?: string
}

/** The certificates that a kubelet's process has in memory. Plain data; gone when it ends. */
export interface HeldCertificates {
  client: HeldCertificate | undefined
  /** With `serverTLSBootstrap` only. */
  serving: HeldCertificate | undefined
  /** The client certificate was taken from the kubeconfig file: it is replaced at once. */
  fromConfig: boolean
  /** `serverTLSBootstrap` of this process. */
  readonly bootstrapsServing: boolean
}

/** What the process of a kubelet has loaded: nothing before its first step. Plain data. */
export interface LoadedCertificates {
  held?: HeldCertificates
}

/** What of a kubelet's configuration concerns its certificates. */
export interface CertificateConfiguration {
  readonly rotateCertificates: boolean
  readonly serverTLSBootstrap: boolean
}

/** What of a kubelet's configuration file can be changed after the node was made. */
export type KubeletFileConfiguration = Readonly<Partial<CertificateConfiguration>>

/** Which of its two certificates a kubelet means. */
export type CertificateUse = 'client' | 'serving'

/** The certificate files on the machine of a kubelet, and the process that has loaded them. */
export interface KubeletCertificates {
  /**
   * Why the kubelet cannot start, as lines of its log, the last of them the one that it ends with; empty when
   * it can. Source: pkg/kubelet/certificate/bootstrap/bootstrap.go isClientConfigStillValid.
   */
  faults(): readonly string[]
  /**
   * Reads the files, as at the start of the process. `rotates`: whether the client certificate is under a
   * certificate manager.
   */
  load(rotates: boolean, serverTLSBootstrap: boolean): HeldCertificates
  /**
   * What the process has loaded is kept there: requests are sent under it. Before it has loaded anything it
   * is taken for who it is.
   */
  hold(held: Slice<LoadedCertificates>): void
  /** A request for a certificate over a new key of that name; PEM. */
  request(use: CertificateUse, key: string): string
  /** Writes a certificate for that key to the disk, and holds it. */
  update(use: CertificateUse, certificate: string, key: string): void
  /** The process ends by itself; whoever watches over it starts it again. */
  exit(): void
}
