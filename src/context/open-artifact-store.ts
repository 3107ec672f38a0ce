import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { createDiskStore } from '../artifacts/disk/disk-store.ts'
import { createS3Store } from '../artifacts/s3/s3-store.ts'
import type { ArtifactsConfig } from '../config/artifacts-config.ts'

/** The store that the configuration names. Nothing is asked of it yet. */
export function openArtifactStore(config: ArtifactsConfig): ArtifactStore {
  return config.kind === 'disk' ? createDiskStore(config.folder) : createS3Store(config)
}
