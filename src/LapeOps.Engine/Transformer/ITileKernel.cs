namespace LapeOps.Transformers;

/// <summary>The innermost loops of <see cref="TiledLinear"/>, for one width of vectors. Weights are float, or ushort for bfloat16.</summary>
internal unsafe interface ITileKernel
{
    /// <summary>Whether this processor has these vectors.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Numbers of a vector; inputs come in whole vectors.</summary>
    static abstract int Lanes { get; }

    /// <summary>Tokens of one tile: as many as leave room for all sums in registers.</summary>
    static abstract int Tokens { get; }

    /// <summary>Four outputs of one token, over some of the inputs.</summary>
    /// <param name="x">The token, from these inputs on.</param>
    /// <param name="rows">Four rows of weights, from these inputs on.</param>
    /// <param name="count">How many inputs.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="y">[4]</param>
    /// <param name="add">Whether the sums are added to what is there.</param>
    static abstract void OneToken<TWeight>(float* x, TWeight* rows, int count, int stride, float* y, bool add) where TWeight : unmanaged;

    /// <summary>Four outputs of every token of a tile, over some of the inputs.</summary>
    /// <param name="tile">[inputs / lanes, tokens, lanes], from these inputs on: what is read next stands next.</param>
    /// <param name="rows">Four rows of weights, from these inputs on.</param>
    /// <param name="widened">[4, <see cref="TiledLinear.InputsAtOnce"/>], where rows of bfloat16 are left as float32 on the way.</param>
    /// <param name="ahead">A row of weights that will be used next.</param>
    /// <param name="count">How many inputs.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="y">[tokens, 4] of [tokens, outputs]</param>
    /// <param name="outputs">Numbers from one token's outputs to the next.</param>
    /// <param name="add">Whether the sums are added to what is there.</param>
    static abstract void Tile<TRow, TWeight>(float* tile, TRow* rows, float* widened, TWeight* ahead, int count, int stride, float* y, int outputs, bool add)
        where TRow : unmanaged where TWeight : unmanaged;
}
