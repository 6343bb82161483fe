using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace LapeOps.Formats.Pickle;

/// <summary>A tensor to write: its type, its sizes and its little-endian bytes in row-major order.</summary>
internal sealed record TorchTensorData(TorchType Type, IReadOnlyList<long> Shape, byte[] Bytes);

/// <summary>
/// Writes lists and dictionaries of tensors and whole numbers as torch.save's pickler does: the same opcodes in the same order, everything
/// memoized that it memoizes.
/// </summary>
internal sealed class PickleWriter
{
    /// <summary>The C pickler appends in batches of this size; a list of one item alone is not a batch.</summary>
    private const int Batch = 1000;

    private readonly MemoryStream _pickle = new();
    private readonly Dictionary<string, int> _shared = new(StringComparer.Ordinal);
    private readonly List<byte[]> _storages = [];
    private int _memoized;

    private PickleWriter()
    {
    }

    /// <summary>The pickle and, by key, the bytes of the storages that it names.</summary>
    /// <param name="root">
    /// A <see cref="TorchTensorData"/>, a long, a list (IReadOnlyList&lt;object&gt;) or a dictionary (IReadOnlyList of pairs) of these.
    /// </param>
    public static (byte[] Pickle, IReadOnlyList<byte[]> Storages) Write(object root)
    {
        var writer = new PickleWriter();
        writer.Op(PickleOpcode.Proto);
        writer._pickle.WriteByte(2);
        writer.Value(root);
        writer.Op(PickleOpcode.Stop);
        return (writer._pickle.ToArray(), writer._storages);
    }

    private void List(IReadOnlyList<object> items)
    {
        Op(PickleOpcode.EmptyList);
        Put();
        foreach (var batch in items.Chunk(Batch))
        {
            if (items.Count > 1)
                Op(PickleOpcode.Mark);
            foreach (var item in batch)
                Value(item);
            Op(items.Count > 1 ? PickleOpcode.Appends : PickleOpcode.Append);
        }
    }

    private void Dictionary(IReadOnlyList<KeyValuePair<string, object>> items)
    {
        Op(PickleOpcode.EmptyDict);
        Put();
        foreach (var batch in items.Chunk(Batch))
        {
            if (items.Count > 1)
                Op(PickleOpcode.Mark);
            foreach (var (key, value) in batch)
            {
                Shared(key);
                Value(value);
            }
            Op(items.Count > 1 ? PickleOpcode.SetItems : PickleOpcode.SetItem);
        }
    }

    private void Value(object item)
    {
        switch (item)
        {
            case TorchTensorData tensor: Tensor(tensor); break;
            case long number: Integer(number); break;
            case IReadOnlyList<KeyValuePair<string, object>> dictionary: Dictionary(dictionary); break;
            default: List((IReadOnlyList<object>)item); break;
        }
    }

    /// <summary>_rebuild_tensor_v2(storage, offset 0, sizes, strides, requires_grad False, no hooks).</summary>
    private void Tensor(TorchTensorData tensor)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Op(PickleOpcode.Mark);
        Storage(tensor);
        Integer(0);
        Integers(tensor.Shape);
        Integers(Strides(tensor.Shape));
        Op(PickleOpcode.NewFalse);
        Global("collections", "OrderedDict");
        Op(PickleOpcode.EmptyTuple);
        Op(PickleOpcode.Reduce);
        Put();
        Op(PickleOpcode.Tuple);
        Put();
        Op(PickleOpcode.Reduce);
        Put();
    }

    private void Storage(TorchTensorData tensor)
    {
        Op(PickleOpcode.Mark);
        Shared("storage");
        Global("torch", $"{tensor.Type}Storage");
        Text($"{_storages.Count}");
        Shared("cpu");
        Integer(tensor.Bytes.Length / tensor.Type.Size());
        Op(PickleOpcode.Tuple);
        Put();
        Op(PickleOpcode.BinPersId);
        _storages.Add(tensor.Bytes);
    }

    private static long[] Strides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        for (var (axis, stride) = (shape.Count - 1, 1L); axis >= 0; stride *= Math.Max(1, shape[axis--]))
            strides[axis] = stride;
        return strides;
    }

    private void Integers(IReadOnlyList<long> values)
    {
        if (values.Count is 0 or > 3)
            throw new ArgumentException("Tensors of one to three axes are written.");
        foreach (var value in values)
            Integer(value);
        Op(PickleOpcode.Tuple1 + (byte)(values.Count - 1));
        Put();
    }

    private void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        var (opcode, length) = value switch
        {
            >= 0 and <= byte.MaxValue => (PickleOpcode.BinInt1, 1),
            >= 0 and <= ushort.MaxValue => (PickleOpcode.BinInt2, 2),
            >= int.MinValue and <= int.MaxValue => (PickleOpcode.BinInt, 4),
            _ => (PickleOpcode.Long1, new BigInteger(value).GetByteCount()),
        };
        Op(opcode);
        if (opcode == PickleOpcode.Long1)
            _pickle.WriteByte((byte)length);
        _pickle.Write(bytes[..length]);
    }

    private void Global(string module, string name)
    {
        if (Fetch($"{module} {name}"))
            return;
        Op(PickleOpcode.Global);
        _pickle.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
        Put();
    }

    /// <summary>A string that is the same object each time, so that Python's pickler fetches it from the memo.</summary>
    private void Shared(string text)
    {
        if (!Fetch(text))
            Text(text);
    }

    private void Text(string text)
    {
        Op(PickleOpcode.BinUnicode);
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _pickle.Write(length);
        _pickle.Write(bytes);
        Put();
    }

    /// <summary>Fetches what was memoized under a key; else notes that the next PUT is its.</summary>
    private bool Fetch(string key)
    {
        if (!_shared.TryAdd(key, _memoized))
        {
            Indexed(PickleOpcode.BinGet, PickleOpcode.LongBinGet, _shared[key]);
            return true;
        }
        return false;
    }

    private void Put() => Indexed(PickleOpcode.BinPut, PickleOpcode.LongBinPut, _memoized++);

    private void Indexed(PickleOpcode narrow, PickleOpcode wide, int index)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, index);
        Op(index <= byte.MaxValue ? narrow : wide);
        _pickle.Write(index <= byte.MaxValue ? bytes[..1] : bytes);
    }

    private void Op(PickleOpcode opcode) => _pickle.WriteByte((byte)opcode);
}
