using System.Numerics;
using System.Runtime.CompilerServices;

namespace LapeOps.Transformers;

/// <summary>
/// exp of float32 numbers on a CPU, to two units in the last place: 2^n e^r with n whole and |r| at most ln(2) / 2, e^r by a polynomial (its own error is
/// 1e-8). .NET's goes by float64 and takes twice as long, and five times until it is compiled anew.
/// </summary>
internal static class HostExp
{
    private const float Log2E = 1.442695041f;

    // The first has twelve bits less than a float, so that its products with n are exact.
    private const float Ln2High = 0.693115234375f, Ln2Low = 3.194618494528623e-05f;

    // Added, it rounds to a whole number, which is left in the lowest bits of the sum.
    private const float Rounding = 3 << 22;

    private const int MantissaBits = 23, Bias = 127;

    // Beyond these the result is 0, or infinite.
    private const float Least = -86.98f, Greatest = 88.722839f;

    /// <summary>exp(x) of each number; below -86.98 it is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        var sum = Vector.MultiplyAddEstimate(x, new(Log2E), new(Rounding));
        var n = sum - new Vector<float>(Rounding);
        var r = Vector.MultiplyAddEstimate(n, new(-Ln2Low), Vector.MultiplyAddEstimate(n, new(-Ln2High), x));
        var p = Vector.MultiplyAddEstimate(r, new(0.0013926250394433737f), new(0.00836323294788599f));
        p = Vector.MultiplyAddEstimate(p, r, new(0.04166655242443085f));
        p = Vector.MultiplyAddEstimate(p, r, new(0.16666576266288757f));
        p = Vector.MultiplyAddEstimate(p, r, new(0.5f));
        p = Vector.MultiplyAddEstimate(p, r * r, r) + Vector<float>.One;
        // 2^n itself is not a float where n is 128.
        var half = Vector.AsVectorSingle(Vector.ShiftLeft(Vector.AsVectorInt32(sum), MantissaBits) + new Vector<int>((Bias - 1) << MantissaBits));
        var y = (p + p) * half;
        y = Vector.ConditionalSelect(Vector.LessThan(x, new(Least)), Vector<float>.Zero, y);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, new(Greatest)), new(float.PositiveInfinity), y);
    }
}
