using LapeOps.Formats;

namespace LapeOps.Checkpoints;

/// <summary>Copies what is larger than memory, a piece at a time.</summary>
/// <param name="pieceBytes">Bytes of a piece; a row of a tensor that is larger is one.</param>
/// <param name="stop">Looked at between pieces.</param>
internal sealed class PieceCopy(int pieceBytes, CancellationToken stop)
{
    private byte[] _piece = new byte[pieceBytes];

    /// <summary>Bytes copied in all.</summary>
    public long Bytes { get; private set; }

    /// <summary>Called after each piece.</summary>
    public Action Tell { get; set; } = () => { };

    /// <summary>Copies bytes as they are.</summary>
    public void Plain(Stream from, Stream to, long length)
    {
        for (long left = length; left > 0; left -= _piece.Length)
            Move(from, to, (int)Math.Min(left, _piece.Length), _ => { });
    }

    /// <summary>Copies a tensor of [rows, columns] with some of its columns zero.</summary>
    public void WithZeroColumns(Stream from, Stream to, SafetensorsEntry entry, int[] columns)
    {
        var size = entry.DType.Size();
        var row = checked((int)(entry.Shape[1] * size));
        if (row > _piece.Length)
            _piece = new byte[row];
        var rows = _piece.Length / row;
        for (var left = entry.Shape[0]; left > 0; left -= rows)
            Move(from, to, (int)Math.Min(left, rows) * row, piece =>
            {
                for (var begin = 0; begin < piece.Length; begin += row)
                    foreach (var column in columns)
                        piece.Slice(begin + (column * size), size).Clear();
            });
    }

    private delegate void Edit(Span<byte> piece);

    private void Move(Stream from, Stream to, int length, Edit edit)
    {
        stop.ThrowIfCancellationRequested();
        var piece = _piece.AsSpan(0, length);
        from.ReadExactly(piece);
        edit(piece);
        to.Write(piece);
        Bytes += length;
        Tell();
    }
}
