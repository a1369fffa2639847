using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>Reads a pickle, protocols 0 to 5, into plain values: numbers, texts, bytes, tuples, lists, dictionaries, and
/// tensors. Classes and functions stay names. Nothing is looked up, made or called.</summary>
/// <remarks>The opcodes: Python's Lib/pickletools.py.</remarks>
internal sealed partial class PickleMachine
{
    /// <summary>Bytes that an object takes at least, as counted by the budget.</summary>
    private const long ObjectBytes = 96;

    private readonly PickleInput _input;
    private readonly PickleBudget _budget;
    private readonly PickleCalls _calls;
    private readonly Func<object?, object?> _persistent;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _deepest;
    private long _opcodeAt;
    private object? _result;

    /// <summary>Makes a machine for one pickle.</summary>
    /// <param name="input">Where it is; afterwards behind it.</param>
    /// <param name="budget">Memory for what is in it.</param>
    /// <param name="calls">The functions that are known.</param>
    /// <param name="persistent">What stands for a persistent id: storages.</param>
    public PickleMachine(PickleInput input, PickleBudget budget, PickleCalls calls, Func<object?, object?> persistent)
    {
        (_input, _budget, _calls, _persistent) = (input, budget, calls, persistent);
    }

    /// <summary>Reads the pickle.</summary>
    /// <exception cref="ModelFormatException">It breaks a rule, or asks for what runs code.</exception>
    public object? Run()
    {
        while (true)
        {
            _opcodeAt = _input.Position;
            byte opcode = _input.Byte();
            if (opcode == '.')
            {
                _result = Pop();
                return _stack.Count == 0 && _marks.Count == 0
                    ? _result
                    : throw Wrong($"the pickle ends with {_stack.Count} values left over");
            }

            bool isKnown = Number(opcode) || Text(opcode) || Collection(opcode) || Object(opcode) || Remember(opcode);
            if (!isKnown)
            {
                throw Wrong($"opcode 0x{opcode:x2}{Named(opcode)} is not read");
            }
        }
    }

    private static string Named(byte opcode) =>
        opcode switch
        {
            0x82 => " (EXT1)",
            0x83 => " (EXT2)",
            0x84 => " (EXT4)",
            0x97 => " (NEXT_BUFFER)",
            0x98 => " (READONLY_BUFFER)",
            _ => "",
        };

    private void Push(object? value)
    {
        if (_stack.Count == _deepest)
        {
            _deepest++;
            _budget.Take(2 * sizeof(long));
        }

        _stack.Add(value);
    }

    private void PushNew(object value, long bytes = 0)
    {
        _budget.Take(ObjectBytes + bytes);
        Push(value);
    }

    private object? Pop()
    {
        int floor = _marks.Count == 0 ? 0 : _marks[^1];
        if (_stack.Count <= floor)
        {
            throw Wrong("the pickle takes a value from an empty stack");
        }

        object? value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object? Peek()
    {
        object? value = Pop();
        _stack.Add(value);
        return value;
    }

    /// <summary>All values since the last mark, which is taken away.</summary>
    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Wrong("the pickle goes back to a mark that was not set");
        }

        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        _budget.Take(24 + (8L * (_stack.Count - mark)));
        object?[] values = [.. _stack.Skip(mark)];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private T Pop<T>(string what)
        where T : class => Pop() is T value ? value : throw Wrong($"the pickle must have {what} here");

    private ModelFormatException Wrong(string problem) => _input.Wrong(_opcodeAt, problem);

    /// <summary>Values that were kept by number, to be used again.</summary>
    private bool Remember(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'g':
                Push(Recall(ParseLong(_input.Line())));
                return true;
            case (byte)'h':
                Push(Recall(_input.Byte()));
                return true;
            case (byte)'j':
                Push(Recall((long)_input.Number(4)));
                return true;
            case (byte)'p':
                Keep(ParseLong(_input.Line()));
                return true;
            case (byte)'q':
                Keep(_input.Byte());
                return true;
            case (byte)'r':
                Keep((long)_input.Number(4));
                return true;
            case 0x94: // MEMOIZE
                Keep(_memo.Count);
                return true;
            case 0x80: // PROTO
                byte protocol = _input.Byte();
                return protocol <= 5 ? true : throw Wrong($"pickle protocols 0 to 5 are read, not {protocol}");
            case 0x95: // FRAME
                ulong length = _input.Number(8);
                return length <= (ulong)Math.Max(0, _input.Left)
                    ? true
                    : throw Wrong($"a frame of {length} bytes is announced, and {_input.Left} are left");
            default:
                return false;
        }
    }

    private object? Recall(long index) =>
        _memo.TryGetValue(index, out object? value)
            ? value
            : throw Wrong($"the pickle uses value {index}, which it has not kept");

    private void Keep(long index)
    {
        if (!_memo.ContainsKey(index))
        {
            _budget.Take(ObjectBytes);
        }

        _memo[index] = Peek();
    }
}
