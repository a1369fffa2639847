namespace Fovea.Interop.PyTorch;

/// <content>Names of classes and functions, and what the file wants made of them.</content>
internal sealed partial class PickleMachine
{
    private bool Object(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'c':
                string module = _input.Line();
                PushNew(_calls.Name(module, _input.Line()));
                break;
            case 0x93: // STACK_GLOBAL
                string name = Pop<string>("the name of a class");
                PushNew(_calls.Name(Pop<string>("the name of a module"), name));
                break;
            case (byte)'R': // REDUCE
            case 0x81: // NEWOBJ
                object?[] arguments = Pop<object?[]>("a tuple of arguments");
                Make(Pop<PickleGlobal>("a class or function"), arguments, null);
                break;
            case 0x92: // NEWOBJ_EX
                object? named = Pop();
                object?[] given = Pop<object?[]>("a tuple of arguments");
                Make(Pop<PickleGlobal>("a class"), given, named);
                break;
            case (byte)'i': // INST
                string from = _input.Line();
                Make(_calls.Name(from, _input.Line()), PopToMark(), null);
                break;
            case (byte)'o': // OBJ
                object?[] parts = PopToMark();
                Make(
                    parts is [PickleGlobal type, ..] ? type : throw Wrong("the pickle must have a class here"),
                    parts[1..],
                    null
                );
                break;
            case (byte)'b':
                Build(Pop());
                break;
            case (byte)'P':
                Push(_persistent(_input.Line()));
                break;
            case (byte)'Q':
                Push(_persistent(Pop()));
                break;
            default:
                return false;
        }

        return true;
    }

    private void Make(PickleGlobal type, object?[] arguments, object? named)
    {
        try
        {
            PushNew(_calls.Make(type, arguments, named, _budget));
        }
        catch (InvalidDataException e)
        {
            throw Wrong(e.Message);
        }
    }

    /// <summary>Gives the value on the stack its attributes.</summary>
    private void Build(object? state)
    {
        switch (Peek())
        {
            case PickleObject unknown:
                unknown.State = state;
                break;
            case PickleDictionary or PickleList or TorchTensor: // attributes besides the contents, e.g. versions of layers
                break;
            default:
                throw Wrong("attributes are set on what has none");
        }
    }
}
