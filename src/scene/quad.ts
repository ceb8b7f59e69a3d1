/** A rectangle of the stage that a fragment shader fills. Its own position, scale and alpha are Pixi's. */
import {
  Geometry,
  Matrix,
  RenderContainer,
  type Renderer,
  Shader,
  State,
  UniformGroup,
} from 'pixi.js';
import { StageRenderer } from './stage-renderer.ts';

/** Group 100 is the stage's, as Pixi's own meshes have it. */
const STAGE_UNIFORMS = 100;

const VERTEX = `#version 300 es
in vec2 aPlace;
out vec2 vPlace;
uniform mat3 uProjectionMatrix;
uniform mat3 uWorldTransformMatrix;
uniform mat3 uTransform;
void main() {
  vec3 at = uProjectionMatrix * uWorldTransformMatrix * uTransform * vec3(aPlace, 1.0);
  gl_Position = vec4(at.xy, 0.0, 1.0);
  vPlace = aPlace;
}`;

/** Corners from (0, 0) to (1, 1), as a strip of two triangles. */
const UNIT_SQUARE = new Geometry({
  attributes: { aPlace: [0, 0, 1, 0, 0, 1, 1, 1] },
  topology: 'triangle-strip',
});

export class Quad extends RenderContainer {
  readonly shader: Shader;
  private readonly own = new UniformGroup({
    uTransform: { value: new Matrix(), type: 'mat3x3<f32>' },
    uAlpha: { value: 1, type: 'f32' },
  });
  private readonly state = State.for2d();

  /** `fragment` reads `vPlace`, from 0 to 1, and multiplies its premultiplied colour by `uAlpha`. */
  constructor(fragment: string, resources: Record<string, unknown>) {
    super({});
    this.shader = Shader.from({
      gl: { vertex: VERTEX, fragment },
      resources: { ...resources, own: this.own },
    });
  }

  override render(renderer: Renderer | StageRenderer): void {
    if (!(renderer instanceof StageRenderer)) return;
    const { uniforms } = this.own;
    uniforms.uTransform = this.groupTransform;
    uniforms.uAlpha = this.groupAlpha;
    this.own.update();
    this.shader.groups[STAGE_UNIFORMS] = renderer.globalUniforms.bindGroup;
    renderer.encoder.draw({ geometry: UNIT_SQUARE, shader: this.shader, state: this.state });
  }

  override destroy(): void {
    super.destroy();
    this.shader.destroy();
  }
}
