using System.Buffers.Binary;
using System.Text;

namespace LapeOps.Formats.Pickle;

/// <summary>
/// Reads the pickle of a tensor archive: a stack machine over the opcodes of <see cref="PickleOpcode"/> and the names of
/// <see cref="PickleGlobal"/>, with an explicit stack and no recursion. It builds plain values and tensors that point into the archive;
/// it cannot load or call anything. Each opcode costs memory in proportion to its own bytes.
/// </summary>
internal sealed class PickleReader(byte[] pickle, TorchArchive archive)
{
    /// <summary>Opcodes that a pickle may have; a mask of 80 layers and 7 languages has 13,000. It bounds stack, marks and memo.</summary>
    private const int MaxOpcodes = 1_000_000;

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];

    // Containers that no other has yet taken in. Only these can be filled, so no value ever contains itself.
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);
    private int _position;
    private int _opcodes;
    private PickleOpcode _opcode;

    /// <summary>The one value that the pickle leaves.</summary>
    public object? Read()
    {
        while (DecodeNext() != PickleOpcode.Stop)
            Execute();
        var value = PopValue();
        if (_stack.Count > 0 || _marks.Count > 0 || _position != pickle.Length)
            throw Refuse("it leaves more than one value");
        return value;
    }

    /// <summary>The gate: the next opcode is one of those known, and PROTO 2 comes first and only there.</summary>
    private PickleOpcode DecodeNext()
    {
        var first = _position == 0;
        if (++_opcodes > MaxOpcodes)
            throw Refuse($"it has more than {MaxOpcodes} opcodes");
        _opcode = (PickleOpcode)Take(1)[0];
        if (!Enum.IsDefined(_opcode))
            throw Refuse($"the opcode 0x{(byte)_opcode:x2} is not one that a tensor archive needs");
        if (first != (_opcode == PickleOpcode.Proto) || (first && Take(1)[0] != 2))
            throw Refuse("it is not of protocol 2, which torch.save writes by default");
        return _opcode;
    }

    private void Execute()
    {
        switch (_opcode)
        {
            case PickleOpcode.Proto: break;
            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(true); break;
            case PickleOpcode.NewFalse: Push(false); break;
            case PickleOpcode.BinInt: Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case PickleOpcode.BinInt1: Push((long)Take(1)[0]); break;
            case PickleOpcode.BinInt2: Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case PickleOpcode.Long1: Push(ReadLong()); break;
            case PickleOpcode.BinFloat: Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOpcode.BinUnicode: Push(ReadText(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); break;
            case PickleOpcode.Global: Push(ReadGlobal()); break;
            case PickleOpcode.Mark: _marks.Push(_stack.Count); break;
            case PickleOpcode.EmptyTuple: Push(new TorchTuple([])); break;
            case PickleOpcode.Tuple1: PushTuple(1); break;
            case PickleOpcode.Tuple2: PushTuple(2); break;
            case PickleOpcode.Tuple3: PushTuple(3); break;
            case PickleOpcode.Tuple: Push(new TorchTuple(PopToMark())); break;
            case PickleOpcode.EmptyList: PushOpen(new List<object?>()); break;
            case PickleOpcode.Append: AppendTo(PopMany(1)); break;
            case PickleOpcode.Appends: AppendTo(PopToMark()); break;
            case PickleOpcode.EmptyDict: PushOpen(new OrderedDictionary<string, object?>(StringComparer.Ordinal)); break;
            case PickleOpcode.SetItem: SetIn(PopMany(2)); break;
            case PickleOpcode.SetItems: SetIn(PopToMark()); break;
            case PickleOpcode.BinPut: _memo[Take(1)[0]] = Peek(); break;
            case PickleOpcode.LongBinPut: _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case PickleOpcode.BinGet: PushMemo(Take(1)[0]); break;
            case PickleOpcode.LongBinGet: PushMemo(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case PickleOpcode.BinPersId: Push(ReadStorage()); break;
            case PickleOpcode.Reduce: Reduce(); break;
            default: throw Refuse($"{_opcode} cannot stand here");
        }
    }

    private ReadOnlySpan<byte> Take(uint length)
    {
        if (length > pickle.Length - _position)
            throw Refuse($"it needs {length} more bytes and has {pickle.Length - _position}");
        var bytes = pickle.AsSpan(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    private string ReadText(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Refuse("a string in it is not UTF-8");
        }
    }

    private long ReadLong()
    {
        var bytes = Take(Take(1)[0]);
        if (bytes.Length > 8)
            throw Refuse($"it has an integer of {bytes.Length} bytes, and 8 are the most");
        return (long)new System.Numerics.BigInteger(bytes);
    }

    private PickleGlobal ReadGlobal()
    {
        var (module, name) = (ReadText(TakeLine()), ReadText(TakeLine()));
        return PickleGlobal.Find(module, name)
            ?? throw Refuse($"it names '{module}.{name}', which a file of tensors has no use for; do not load this file elsewhere unless you trust where it is from");
    }

    private ReadOnlySpan<byte> TakeLine()
    {
        var length = pickle.AsSpan(_position).IndexOf((byte)'\n');
        return length is >= 0 and <= 256 ? Take((uint)length + 1)[..length] : throw Refuse("a name in it does not end");
    }

    private void Push(object? value) => _stack.Add(value);

    private void PushOpen(object container)
    {
        _open.Add(container);
        Push(container);
    }

    private void PushMemo(uint index)
    {
        if (!_memo.TryGetValue(index, out var value))
            throw Refuse($"it fetches {index} from its memo, where nothing was put");
        Push(value);
    }

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Refuse($"{_opcode} finds nothing on the stack");

    private int Floor => _marks.TryPeek(out var mark) ? mark : 0;

    private object?[] PopMany(int count)
    {
        if (_stack.Count - Floor < count)
            throw Refuse($"{_opcode} finds too little on the stack");
        var values = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        foreach (var value in values)
            if (value is not null)
                _open.Remove(value);
        return values;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw Refuse($"{_opcode} finds no mark");
        var values = PopMany(_stack.Count - _marks.Peek());
        _marks.Pop();
        return values;
    }

    private void PushTuple(int count) => Push(new TorchTuple(PopMany(count)));

    private object? PopValue() => PopMany(1)[0] is var value and not (PickleGlobal or TorchStorage) ? value : throw Refuse("a name or storage stands where a value should");

    private void AppendTo(object?[] items)
    {
        if (Peek() is not List<object?> list || !_open.Contains(list) || items.Any(i => i is PickleGlobal or TorchStorage))
            throw Refuse($"{_opcode} finds no list that can be filled (one in itself cannot), or no values");
        list.AddRange(items);
    }

    private void SetIn(object?[] items)
    {
        if (Peek() is not OrderedDictionary<string, object?> dictionary || !_open.Contains(dictionary) || items.Length % 2 != 0)
            throw Refuse($"{_opcode} finds no dictionary that can be filled (one in itself cannot), or no pairs");
        for (var i = 0; i < items.Length; i += 2)
            if (items[i] is not string key || items[i + 1] is PickleGlobal or TorchStorage || !dictionary.TryAdd(key, items[i + 1]))
                throw Refuse("a dictionary in it has a key that is no string or stands twice, or no value");
    }

    /// <summary>A persistent id is ('storage', class, key, location, number of elements); the location (cpu, cuda:0) does not matter.</summary>
    private TorchStorage ReadStorage() =>
        PopMany(1)[0] is TorchTuple { Items: ["storage", PickleGlobal { Storage: { } type }, string key, string, long elements and >= 0] }
            ? new TorchStorage(type, key, elements)
            : throw Refuse("a persistent id in it is not that of a storage");

    private void Reduce()
    {
        var call = PopMany(2);
        switch (call)
        {
            case [PickleGlobal global, TorchTuple { Items: [] }] when global == PickleGlobal.OrderedDict:
                PushOpen(new OrderedDictionary<string, object?>(StringComparer.Ordinal));
                break;
            case [PickleGlobal global, TorchTuple { Items: [TorchStorage storage, long offset, TorchTuple shape, TorchTuple strides, bool, IReadOnlyDictionary<string, object?> { Count: 0 }] }]
                when global == PickleGlobal.RebuildTensor:
                Push(Rebuild(storage, offset, Sizes(shape), Sizes(strides)));
                break;
            default:
                throw Refuse("it asks for a call other than that of a tensor or an empty ordered dictionary");
        }
    }

    private long[] Sizes(TorchTuple tuple) =>
        tuple.Items.Count <= 16 && tuple.Items.All(i => i is long and >= 0)
            ? [.. tuple.Items.Cast<long>()]
            : throw Refuse("a tensor's sizes or strides are not up to 16 whole numbers");

    /// <summary>Checks offset, sizes and strides against the storage, and the storage against the archive.</summary>
    private TorchTensor Rebuild(TorchStorage storage, long offset, long[] shape, long[] strides)
    {
        var entry = archive.StorageEntry(storage);
        if (shape.Length != strides.Length)
            throw Refuse($"a tensor has {shape.Length} sizes and {strides.Length} strides");
        Int128 count = 1;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (shape[axis] > 1 && strides[axis] != count && !shape.Contains(0))
                throw Refuse($"tensor '{storage.Key}' is not contiguous; save it as tensor.contiguous()");
            count *= shape[axis];
            if (count > storage.Elements)
                break;
        }
        if (shape.Contains(0))
            count = 0;
        if (offset < 0 || offset + count > storage.Elements)
            throw Refuse($"tensor '{storage.Key}' of [{string.Join(", ", shape)}] from {offset} on reaches beyond its storage of {storage.Elements} elements");
        return new TorchTensor(archive, entry, storage.Key, storage.Type, shape, offset, (long)count);
    }

    private LapeException Refuse(string what) =>
        new("PickleRefused", $"{archive.Path}: its data.pkl is refused at byte {_position}: {what}. Nothing of it was executed.");
}
