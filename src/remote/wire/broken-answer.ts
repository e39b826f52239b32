/** Answers that cannot be right. Asking again may help. */

/** A page of a listing that is not whole, or not what was asked for. */
export class BrokenPage extends Error {
  override readonly name = "BrokenPage";
}

/** Content that came, but cannot be what was stored. */
export class GarbledBody extends Error {
  override readonly name = "GarbledBody";
}
