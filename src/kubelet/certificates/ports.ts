import type { Slice } from '../../sim/modules/module.js'

/** A certificate that a kubelet's process has loaded. Plain data. */
export interface HeldCertificate {
  /** Virtual ms. */
  readonly notBefore: number
  /** Virtual ms. */
  readonly notAfter: number
  /** PEM of the chain; undefined for the node's initial certificate, which is issued only when it is read. */
  readonly pem?: string
}

/** The certificates in a kubelet's memory. Plain data; lost when the process exits. */
export interface HeldCertificates {
  client: HeldCertificate | undefined
  /** Only with `serverTLSBootstrap`. */
  serving: HeldCertificate | undefined
  /** Whether the client certificate came from the kubeconfig file, and so is replaced at once. */
  fromConfig: boolean
  /** `serverTLSBootstrap` of this process. */
  readonly bootstrapsServing: boolean
}

/** The certificates that a kubelet's process has loaded; nothing before its first step. Plain data. */
export interface LoadedCertificates {
  held?: HeldCertificates
}

/** The fields of a kubelet's configuration that concern certificates. */
export interface CertificateConfiguration {
  readonly rotateCertificates: boolean
  readonly serverTLSBootstrap: boolean
}

/** The fields of a kubelet's configuration file that can be changed after the node was made. */
export type KubeletFileConfiguration = Readonly<Partial<CertificateConfiguration>>

/** One of a kubelet's two certificates. */
export type CertificateUse = 'client' | 'serving'

/** The certificate files on a kubelet's machine, and the process that has loaded them. */
export interface KubeletCertificates {
  /**
   * Returns why the kubelet cannot start, as lines of its log of which the last is its final error; empty if
   * it can. Source: pkg/kubelet/certificate/bootstrap/bootstrap.go isClientConfigStillValid.
   */
  faults(): readonly string[]
  /**
   * Reads the files, as the process does at its start. `rotates`: whether a certificate manager renews the
   * client certificate.
   */
  load(rotates: boolean, serverTLSBootstrap: boolean): HeldCertificates
  /** Uses the loaded certificates for requests. Before anything is loaded the kubelet is trusted without. */
  hold(held: Slice<LoadedCertificates>): void
  /** Returns the PEM of a certificate request with a new key of that name. */
  request(use: CertificateUse, key: string): string
  /** Writes a certificate for that key to the disk, and loads it. */
  update(use: CertificateUse, certificate: string, key: string): void
  /** Exits the process; its supervisor restarts it. */
  exit(): void
}
